// What looks like a credential, by the name of a setting and its literal value.

/** Words that name a secret. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'PASSWORD',
  'PASSWD',
  'PASSPHRASE',
  'SECRET',
  'TOKEN',
  'APIKEY',
  'CREDENTIAL',
  'CREDENTIALS',
]);
/** Short ones that mean other things as well, unless they stand last. */
const LAST_WORDS: ReadonlySet<string> = new Set(['PASS', 'PWD']);
/** Pairs of words that name a secret only together. */
const SECRET_PAIRS = /(^|_)(API|ACCESS|SECRET|PRIVATE|ENCRYPTION|SIGNING|MASTER|AUTH|ACCOUNT|STORAGE|LICENSE)_KEY(_|$)/;
/** A last word that turns the secret into something about it: where it lies, how long it holds, whether it is needed. */
const ABOUT: ReadonlySet<string> = new Set(
  (
    'FILE PATH DIR DIRECTORY NAME NAMES URL URI HOST ENDPOINT ISSUER AUDIENCE TTL EXPIRY EXPIRATION EXPIRES EXPIRE LENGTH SIZE TYPE ID IDS REF ARN ENABLED ' +
    'ENABLE DISABLED REQUIRED LIFETIME DURATION TIMEOUT INTERVAL ALGORITHM ALG POLICY HEADER FIELD NAMESPACE MODE VERSION STORE STORES MANAGER PROVIDER ' +
    'MOUNT MOUNTPATH COUNT MIN MAX LIMIT CACHE REGEX PATTERN FORMAT PREFIX SUFFIX ENCODER ROTATION RETRIES SECONDS MINUTES MS SCOPE SCOPES KEYNAME METHOD ' +
    'REGION PROJECT BACKEND ENGINE SERVICE SERVER ALIAS LABEL CLASS TEMPLATE AGE PORT SOURCE LOCATION'
  ).split(' '),
);
/** A first word that makes the rest a name or a switch. */
const SWITCH: ReadonlySet<string> = new Set([
  'ENABLE',
  'DISABLE',
  'ALLOW',
  'REQUIRE',
  'USE',
  'EXISTING',
  'IS',
  'HAS',
  'SKIP',
  'NO',
  'MAX',
  'MIN',
  'NUM',
]);
/** Called so, but written for everybody to read: etcd tells clusters apart by it. */
const NO_SECRETS = /(^|_)INITIAL_CLUSTER_TOKEN$/;
// Names are short; keeps hostile text away from the patterns.
const MAX_NAME = 120;

/** `dbPassword`, `db.password`, `DB-PASSWORD` to `DB_PASSWORD`. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');

/** Whether a setting of this name holds a secret, and not something about one. */
export const isSecretName = (name: string): boolean => {
  if (name.length > MAX_NAME || name === 'PWD' || name === 'OLDPWD') return false;
  const words = wordsOf(name).map((word) => word.replace(/\d+$/, '') || word);
  const last = words.at(-1) ?? '';
  if (ABOUT.has(last) || SWITCH.has(words[0] ?? '')) return false;
  if (NO_SECRETS.test(words.join('_'))) return false;
  return LAST_WORDS.has(last) || words.some((word) => SECRET_WORDS.has(word)) || SECRET_PAIRS.test(words.join('_'));
};

const SWITCHED =
  /^(true|false|yes|no|on|off|null|none|nil|undefined|enabled|disabled|optional|required|never|always|auto|default|string|\d{1,3})$/i;
/** References that something else fills in: variables, templates, stores of secrets, files, functions. */
const REFERENCE =
  /\$\(|\$\{|^\$[A-Za-z_@0-9]|\{\{|^<[^>]*>$|^%[({]|^(vault|op|ref\+\w+|sm|gcp-?sm|aws-?sm|azkv|arn|secret|secrets?manager|env|file|ENC|kms|sops|projects)(:|\/|\[|\+)|\w\(/;
const MASKED = /^(.)\1*$/;
const PLAIN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^\s:@]*(:\d+)?([/?#][^\s]*)?$/i;
const PATH = /^\.{0,2}\/[\w./-]*$/;
const MIN_LENGTH = 3;
const MAX_JUDGED = 2000;

/** Whether a text is a value of its own, not a reference, a switch or a place. */
export const isLiteral = (value: string): boolean => {
  const text = value.trim().slice(0, MAX_JUDGED);
  if (text.length < MIN_LENGTH || SWITCHED.test(text) || MASKED.test(text)) return false;
  return !REFERENCE.test(text) && !PATH.test(text) && !PLAIN_URL.test(text);
};

const URL_WITH_PASSWORD = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"]{0,100}:([^\s/@'"]{1,200})@/i;

/** The password inside an address such as `postgres://user:password@host`; undefined where it is none, or a reference. */
export const passwordInUrl = (value: string): string | undefined => {
  const password = URL_WITH_PASSWORD.exec(value.slice(0, MAX_JUDGED))?.[1];
  return password !== undefined && !REFERENCE.test(password) && !MASKED.test(password) && !/^<.*>$/.test(password) ? password : undefined;
};

const LINE = /^[\s-]*(?:export\s+)?["']?([A-Za-z][\w.-]{0,100})["']?\s*[:=]\s*["']?([^"'\s,;#]{3,200})/;
/** The same for the second and later settings of a line of JSON. */
const JSON_SETTING = /"([A-Za-z][\w.-]{0,100})"\s{0,5}:\s{0,5}"([^"\\]{3,200})"/g;
const MAX_LINES = 5000;

/** The first setting in a text of many lines (properties, YAML, JSON, shell) that holds a secret. */
export const secretSettingIn = (text: string): string | undefined => {
  let from = 0;
  for (let count = 0; count < MAX_LINES && from <= text.length; count += 1) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : Math.min(end, from + MAX_JUDGED));
    from = end < 0 ? text.length + 1 : end + 1;
    if (line.length > MAX_JUDGED) continue;
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    if (isSecretSetting(name, value)) return name;
    if (!line.includes('":') && !line.includes('" :')) continue;
    for (const [, key = '', text = ''] of line.matchAll(JSON_SETTING)) if (isSecretSetting(key, text)) return key;
  }
  return undefined;
};

const isSecretSetting = (name: string, value: string): boolean =>
  name !== '' && isSecretName(name) && isLiteral(value) && !namesASecret(name, value);

/** `--db-password=hunter2`, also within a shell script; names of files and Secrets are none. */
const FLAG = /(?<![\w-])--?([A-Za-z][\w.-]{0,60})=(?:"([^"\s]{3,200})"|'([^'\s]{3,200})'|([^\s"'`;|&<>]{3,200}))/g;

/** The first flag in an argument that holds a secret. */
export const secretFlagIn = (text: string): { readonly name: string; readonly value: string } | undefined => {
  if (!text.includes('=') || !text.includes('-')) return undefined;
  for (const [, name = '', ...values] of text.slice(0, MAX_JUDGED).matchAll(FLAG)) {
    const value = values.find((candidate) => candidate !== undefined) ?? '';
    if (isSecretSetting(name, value)) return { name, value };
  }
  return undefined;
};

/** `secret: my-tls` in configuration names a Secret; only a value that looks random is one. */
const namesASecret = (name: string, value: string): boolean => {
  const last = wordsOf(name).at(-1);
  return (
    (last === 'SECRET' || last === 'CREDENTIALS' || last === 'CREDENTIAL') &&
    !(/\d/.test(value) && /[A-Za-z]/.test(value) && value.length >= 12)
  );
};

/** The beginning of a secret and how long it is: enough to find it, too little to use it. */
export const mask = (secret: string): string =>
  `${secret.length >= 12 ? secret.slice(0, 4) : secret.length >= 8 ? secret.slice(0, 2) : ''}*** (${secret.length} characters)`;
