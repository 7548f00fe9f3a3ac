import type { Hook, PolicyTemplate, TemplateValues } from '../template.ts';

/** EPERM: the shell says "Operation not permitted", and whoever reads it knows that somebody meant it. */
const REFUSED = -1;
/** `MAY_*` of the kernel would be another hook: this one is asked for the file that will really run, after links and before any of it does. */
const BEFORE_EXEC = 'security_bprm_creds_from_file';

/** Folders in which distributions keep programs; with `/usr` merged, the kernel sees the path behind the link. */
const FOLDERS = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
const everywhere = (names: readonly string[]): readonly string[] => names.flatMap((name) => FOLDERS.map((folder) => `${folder}/${name}`));

const refuseExec =
  (message: string, binaries: readonly string[]) =>
  ({ exceptBinaries }: TemplateValues): readonly Hook[] => [
    {
      call: BEFORE_EXEC,
      syscall: false,
      message,
      args: [{ index: 1, type: 'file' }],
      selectors: [
        {
          matchArgs: [{ index: 1, operator: 'Equal', values: binaries }],
          ...(exceptBinaries.length > 0 ? { matchBinaries: [{ operator: 'NotIn', values: exceptBinaries }] } : {}),
          matchActions: [{ action: 'Override', argError: REFUSED }],
        },
      ],
    },
  ];

const NOTES = [
  'Enforced, the program is refused (Operation not permitted); whoever started it lives on. Probes and hooks of the workload that start it fail.',
  'Needs Linux 5.8; refusing needs CONFIG_BPF_KPROBE_OVERRIDE.',
  'A copy of the program under another name is not seen.',
];

const exec = (name: string, title: string, binaries: readonly string[]): PolicyTemplate => ({
  name,
  title,
  needs: 'nothing',
  notes: NOTES,
  hooks: refuseExec(title, everywhere(binaries)),
});

export const EXEC_TEMPLATES: readonly PolicyTemplate[] = [
  exec('shell', 'a shell is started', ['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'busybox']),
  exec('download', 'curl or wget is started', ['curl', 'wget']),
  exec('package-manager', 'a package manager is started', [
    'apt',
    'apt-get',
    'dpkg',
    'yum',
    'dnf',
    'microdnf',
    'rpm',
    'apk',
    'pip',
    'pip3',
    'npm',
    'gem',
  ]),
  exec('sudo', 'rights are raised by sudo or su', ['sudo', 'su', 'doas', 'pkexec']),
];
