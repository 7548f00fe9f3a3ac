// Real programs for suites and benches, as data: `npm run tools` reads this list (scripts/tools.mjs). To add one, add an entry;
// a Go program also needs a folder tools/go/FOLDER with go.mod, go.sum and a tools.go that imports its packages.
//
// kind go     built from the module that tools/go/FOLDER/go.mod pins, into .tools/bin/NAME
// kind deb    unpacked from a Debian package into .tools/debian, nothing is installed; linked as .tools/bin/NAME
// kind system found on PATH under one of `commands`; else installed with apt, as root
// version     what `NAME --version` must contain; `accepts` is what a program on PATH may say instead
// suite       the suite that needs it; entries without one are brought only when asked for by name

const PROMETHEUS = { kind: 'go', folder: 'prometheus', version: '3.15.0', accepts: /\b3\.\d+\.\d+\b/, suite: 'integration' };
const PROMETHEUS_LDFLAGS = ['-X github.com/prometheus/common/version.Version=3.15.0'];

export const CATALOGUE = [
  {
    ...PROMETHEUS,
    name: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    ldflags: PROMETHEUS_LDFLAGS,
    why: 'the server whose remote read is the reference',
    cold: 'about 6 minutes on two cores',
  },
  {
    ...PROMETHEUS,
    name: 'promtool',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    ldflags: PROMETHEUS_LDFLAGS,
    why: 'makes blocks from recordings, checks metrics and rules',
    cold: 'seconds after prometheus',
  },
  {
    name: 'pod-security',
    kind: 'go',
    folder: 'pod-security',
    package: '.',
    version: '0.37.0',
    suite: 'integration',
    why: 'the Pod Security Standards as the API server itself judges them',
    cold: 'about a minute',
  },
  {
    name: 'debian-prometheus',
    kind: 'deb',
    package: 'prometheus',
    program: 'usr/bin/prometheus',
    version: '2.',
    suite: 'integration',
    why: 'an old server, to stay compatible with',
  },
  {
    name: 'chromium',
    kind: 'system',
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    package: 'chromium',
    version: '',
    suite: 'integration',
    why: 'opens the page as a browser does',
  },
];
