/** What a request to a decoy is after. `attack`: the technique of MITRE ATT&CK (Enterprise 15) that such requests belong to. */
export interface Technique {
  readonly name: string;
  readonly attack: string;
  readonly paths: RegExp;
  readonly methods?: readonly string[];
  /** What the decoy answers: never anything that is real. */
  readonly status: number;
}

/**
 * First match wins. Paths are what public lists of scanners ask for (OWASP CRS 4, rules 930120 and 930130; nuclei's exposure templates): kept short on purpose, because every
 * request to a decoy is told, also one of no row.
 */
export const TECHNIQUES: readonly Technique[] = [
  { name: 'path-traversal', attack: 'T1083', paths: /(?:\.\.|%2e%2e)(?:\/|%2f|\\|%5c)/i, status: 400 },
  {
    name: 'env-file',
    attack: 'T1552.001',
    paths: /\/\.env(?:\.[\w-]+)?$|\/(?:config|settings|secrets)\.(?:ya?ml|json|php|ini)$/i,
    status: 403,
  },
  { name: 'version-control', attack: 'T1213.003', paths: /\/\.(?:git|svn|hg)(?:\/|$)/i, status: 403 },
  {
    name: 'cloud-credentials',
    attack: 'T1552.005',
    paths: /\/(?:latest\/(?:meta-data|api\/token)|metadata\/instance|computeMetadata\/|\.aws\/credentials)/i,
    status: 401,
  },
  { name: 'kubernetes-api', attack: 'T1613', paths: /^\/(?:api\/v1|apis)\/|^\/(?:pods|runningpods|exec)\/?/i, status: 401 },
  { name: 'web-shell', attack: 'T1505.003', paths: /\/(?:shell|cmd|c99|r57|wso|eval-stdin)\.(?:php|jsp|aspx?)$|\/cgi-bin\//i, status: 404 },
  {
    name: 'admin-login',
    attack: 'T1110',
    paths: /\/(?:wp-login\.php|xmlrpc\.php|wp-admin|phpmyadmin|administrator|admin|login|manager\/html)(?:\/|$)/i,
    status: 401,
  },
  {
    name: 'debug-endpoint',
    attack: 'T1592.002',
    paths: /\/(?:actuator|debug\/pprof|server-status|phpinfo\.php|jolokia|telescope)(?:\/|$)/i,
    status: 403,
  },
  { name: 'backup-file', attack: 'T1530', paths: /\.(?:bak|sql|dump|old|tar|tgz|zip|gz|7z)$/i, status: 403 },
  { name: 'write', attack: 'T1190', paths: /./, methods: ['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE', 'CONNECT'], status: 405 },
];

/** For everything else: somebody looks around. */
export const LOOKING_AROUND: Technique = { name: 'looking-around', attack: 'T1595', paths: /./, status: 404 };

export const techniqueOf = (method: string, path: string): Technique =>
  TECHNIQUES.find(({ paths, methods }) => (methods === undefined || methods.includes(method)) && paths.test(path)) ?? LOOKING_AROUND;
