import type { Hook, PolicyTemplate, TemplateValues } from '../template.ts';

const REFUSED = -1;
/** Masks of the kernel's `security_file_permission` (include/linux/fs.h). */
const MAY_READ = '4';
const MAY_WRITE = '2';

const except = (exceptBinaries: readonly string[]) =>
  exceptBinaries.length > 0 ? { matchBinaries: [{ operator: 'NotIn', values: exceptBinaries }] } : {};

const fileAccess =
  (mask: string, message: string) =>
  ({ paths, exceptBinaries }: TemplateValues): readonly Hook[] => [
    {
      call: 'security_file_permission',
      syscall: false,
      message,
      args: [
        { index: 0, type: 'file' },
        { index: 1, type: 'int' },
      ],
      selectors: [
        {
          matchArgs: [
            { index: 0, operator: 'Prefix', values: paths },
            { index: 1, operator: 'Equal', values: [mask] },
          ],
          ...except(exceptBinaries),
          matchActions: [{ action: 'Override', argError: REFUSED }],
        },
      ],
    },
  ];

const FILE_NOTES = [
  'A path stands for everything that begins with it; end a folder with a slash.',
  'Enforced, the access is refused (Operation not permitted), which needs CONFIG_BPF_KPROBE_OVERRIDE.',
  'Files mapped into memory and hard links under another path are not seen.',
];

/** What a workload touches: files, and addresses outside. */
export const ACCESS_TEMPLATES: readonly PolicyTemplate[] = [
  {
    name: 'file-read',
    title: 'a protected file is read',
    needs: 'paths',
    notes: FILE_NOTES,
    hooks: fileAccess(MAY_READ, 'a protected file is read'),
  },
  {
    name: 'file-write',
    title: 'a protected file is written',
    needs: 'paths',
    notes: FILE_NOTES,
    hooks: fileAccess(MAY_WRITE, 'a protected file is written'),
  },
  {
    name: 'egress',
    title: 'a connection leaves the allowed ranges',
    needs: 'cidrs',
    notes: [
      'The ranges are those that are allowed, and have to hold the pods, services and DNS of the cluster.',
      'Enforced, the process that connects is ended (SIGKILL): this function of the kernel cannot be refused. A NetworkPolicy is gentler.',
      'TCP alone; what a proxy or sidecar connects to is seen at the proxy.',
    ],
    hooks: ({ cidrs, exceptBinaries }) => [
      {
        call: 'tcp_connect',
        syscall: false,
        message: 'a connection leaves the allowed ranges',
        args: [{ index: 0, type: 'sock' }],
        selectors: [
          {
            matchArgs: [{ index: 0, operator: 'NotDAddr', values: cidrs }],
            ...except(exceptBinaries),
            matchActions: [{ action: 'Sigkill' }],
          },
        ],
      },
    ],
  },
];
