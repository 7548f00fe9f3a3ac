import { mask } from './secret-words.ts';

interface KeyPattern {
  readonly name: string;
  readonly pattern: RegExp;
}

// Where a run of letters of no fixed length follows, the pattern begins at the start of the run: hostile text must not start it at each letter.
const START = '(?<![A-Za-z0-9_-])';
const pattern = (name: string, source: string): KeyPattern => ({ name, pattern: new RegExp(START + source) });

/** Forms that providers have given to their keys, so that they can be found. */
const PATTERNS: readonly KeyPattern[] = [
  { name: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/ },
  pattern('an AWS access key', '(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])'),
  pattern('an AWS secret key', '(?:aws_?)?secret_?access_?key["\']?\\s{0,5}[:=]\\s{0,5}["\']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])'),
  pattern('a Google API key', 'AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])'),
  pattern('a Google OAuth secret', 'GOCSPX-[0-9A-Za-z_-]{28}'),
  pattern('a GitHub token', '(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})'),
  pattern('a GitLab token', '(?:glpat|gldt|glrt|glptt|glcbt)-[0-9A-Za-z_-]{20}'),
  pattern('a Slack token', 'xox[abeoprs]-[0-9A-Za-z-]{10}'),
  { name: 'a Slack webhook', pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20}/ },
  pattern('a Stripe key', '[rs]k_live_[0-9A-Za-z]{24}'),
  pattern('a Square token', '(?:sq0atp-[0-9A-Za-z_-]{22}|sq0csp-[0-9A-Za-z_-]{43})'),
  { name: 'a PayPal Braintree token', pattern: /access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}/ },
  pattern('a Twilio key', 'SK[0-9a-f]{32}(?![0-9a-f])'),
  pattern('a SendGrid key', 'SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43}'),
  pattern('a Mailgun key', 'key-[0-9a-f]{32}(?![0-9a-f])'),
  pattern('a Mailchimp key', '[0-9a-f]{32}-us[0-9]{1,2}(?![0-9a-z])'),
  pattern('an npm token', 'npm_[A-Za-z0-9]{36}'),
  pattern('a PyPI token', 'pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50}'),
  pattern('a JSON Web Token', 'eyJ[0-9A-Za-z_-]{8,2000}\\.eyJ[0-9A-Za-z_-]{8,8000}\\.[0-9A-Za-z_-]{16}'),
  { name: 'an Azure storage key', pattern: /AccountKey=[0-9A-Za-z+/]{86}==/ },
  pattern('a DigitalOcean token', 'do[opr]_v1_[0-9a-f]{64}'),
  pattern('a Hugging Face token', 'hf_[A-Za-z]{34}(?![A-Za-z0-9])'),
  pattern('an OpenAI key', 'sk-(?:proj-|svcacct-)?[0-9A-Za-z_-]{20,120}T3BlbkFJ[0-9A-Za-z_-]{20}'),
  pattern('an Anthropic key', 'sk-ant-[a-z0-9]{3,10}-[0-9A-Za-z_-]{80}'),
  pattern('a Telegram bot token', '[0-9]{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])'),
  pattern('a Vault token', 'hv[sb]\\.[0-9A-Za-z_-]{24}'),
  pattern('an age key', 'AGE-SECRET-KEY-1[0-9A-Z]{58}'),
];

/** Fragments of which each key has one: nearly all texts have none, and are done with after this. */
const FRAGMENT =
  /PRIVATE KEY|AKIA|ASIA|ecret_?[aA]ccess_?[kK]ey|SECRET_?ACCESS_?KEY|AIza|GOCSPX-|gh[pousr]_|github_pat_|gl[a-z]{2,4}-|xox[abeoprs]-|hooks\.slack|k_live_|sq0|\$production\$|SK[0-9a-f]{8}|SG\.|key-[0-9a-f]{8}|-us[0-9]|npm_|pypi-|eyJ|AccountKey=|_v1_|hf_|T3BlbkFJ|sk-ant-|:AA|hv[sb]\.|AGE-SECRET/;
const MIN_LENGTH = 16;
// More than etcd stores in one object.
const MAX_LENGTH = 2_000_000;

/** What key a text holds, and its beginning; undefined where it holds none. */
export const keyIn = (text: string): { readonly name: string; readonly shown: string } | undefined => {
  if (text.length < MIN_LENGTH || text.length > MAX_LENGTH || !FRAGMENT.test(text)) return undefined;
  for (const { name, pattern: expression } of PATTERNS) {
    const found = expression.exec(text)?.[0];
    if (found !== undefined) return { name, shown: found.startsWith('-----') ? found : mask(found) };
  }
  return undefined;
};
