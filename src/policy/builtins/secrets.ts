import { joinPointer } from '../model/json-pointer.ts';
import { containerRule, FINE, objectRule, podRule, type Violation } from '../model/policy.ts';
import { parseQuantity } from '../model/quantity.ts';
import { isAbsent, isRecord, listOf, numberOf, recordOf, stringOf } from '../model/value.ts';
import { matcherOf } from './given-lists.ts';
import { keyIn } from './key-patterns.ts';
import { isLiteral, isSecretName, mask, passwordInUrl, secretFlagIn, secretSettingIn } from './secret-words.ts';

const secretAsEnv = containerRule(({ spec, path }) => {
  const found: Violation[] = [];
  listOf(spec.env).forEach((item, i) => {
    const { secretKeyRef } = recordOf(recordOf(item).valueFrom);
    if (!isAbsent(secretKeyRef))
      found.push({ path: `${path}/env/${i}/valueFrom/secretKeyRef`, value: recordOf(secretKeyRef).name, expected: 'a volume' });
  });
  listOf(spec.envFrom).forEach((item, i) => {
    const { secretRef } = recordOf(item);
    if (!isAbsent(secretRef)) found.push({ path: `${path}/envFrom/${i}/secretRef`, value: recordOf(secretRef).name, expected: 'a volume' });
  });
  return found.length > 0 ? found : FINE;
});

const credentialInEnv = containerRule(({ spec, path, name: container }) => {
  let found: Violation[] | undefined;
  listOf(spec.env).forEach((item, i) => {
    const { name, value } = recordOf(item);
    if (typeof name !== 'string' || typeof value !== 'string') return;
    const password = passwordInUrl(value);
    if (password === undefined && !(isSecretName(name) && isLiteral(value))) return;
    found ??= [];
    const message = `container ${container} has a credential in the variable ${name.slice(0, 100)}: ${mask(password ?? value)}`;
    found.push({ path: `${path}/env/${i}/value`, value: mask(password ?? value), message });
  });
  for (const field of ['command', 'args'] as const)
    listOf(spec[field]).forEach((part, i) => {
      if (typeof part !== 'string') return;
      const flag = secretFlagIn(part);
      const password = flag?.value ?? passwordInUrl(part);
      if (password === undefined) return;
      found ??= [];
      const message = `container ${container} has a credential in ${flag ? `the flag ${flag.name}` : 'an address'}: ${mask(password)}`;
      found.push({ path: `${path}/${field}/${i}`, value: mask(password), message });
    });
  return found ?? FINE;
});

const credentialInConfigMap = objectRule((object, { base }) => {
  const found: Violation[] = [];
  for (const [key, value] of Object.entries(recordOf(object.data))) {
    if (typeof value !== 'string') continue;
    const isMany = value.trim().includes('\n');
    const password = passwordInUrl(value);
    const setting = isMany ? secretSettingIn(value) : isSecretName(key) && isLiteral(value) ? key : secretSettingIn(value);
    if (setting === undefined && password === undefined) continue;
    const what = setting === undefined ? 'an address with a password' : `the credential ${setting.slice(0, 100)}`;
    const message = `the key ${key.slice(0, 100)} holds ${what}`;
    found.push({
      path: joinPointer(`${base}/data`, key),
      value: isMany ? `a text of ${value.length} characters` : mask(password ?? value),
      message,
    });
  }
  return found.length > 0 ? found : FINE;
});

/** Fields that hold no text of the author, or that are made for keys. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_FOUND = 20;

/** Keys of providers in any text of an object, but not in the data of Secrets, which are made for them. */
const keyPattern = objectRule((object, { base }) => {
  const found: Violation[] = [];
  const left: { readonly value: unknown; readonly path: string; readonly depth: number }[] = [];
  const add = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'object' ? value !== null : typeof value === 'string') left.push({ value, path, depth });
  };
  for (const [key, value] of Object.entries(object)) {
    const isData = object.kind === 'Secret' && (key === 'data' || key === 'stringData');
    if (!isData && key !== 'status') add(value, joinPointer(base, key), 1);
  }
  // Last in, first out: then turned round, so that findings come in the order of the text.
  for (let next = left.pop(); next !== undefined && found.length < MAX_FOUND; next = left.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string') {
      const key = keyIn(value);
      if (key) found.push({ path, value: key.shown, message: `${path.slice(base.length)} holds ${key.name}: ${key.shown}` });
    } else if (Array.isArray(value)) {
      value.forEach((item, i) => {
        add(item, `${path}/${i}`, depth + 1);
      });
    } else {
      for (const [key, child] of Object.entries(recordOf(value)))
        if (key !== LAST_APPLIED && !(depth === 1 && key === 'managedFields')) add(child, joinPointer(path, key), depth + 1);
    }
  }
  return found.length > 0 ? found.reverse() : FINE;
});

/** Secrets that pods must not use, wherever they name them. */
const secretByName = podRule((pod, { params }) => {
  const isForbidden = matcherOf(params, 'names');
  const found: Violation[] = [];
  const look = (name: unknown, path: string, container?: string): void => {
    if (typeof name === 'string' && isForbidden(name))
      found.push({ path, value: name, expected: 'another Secret', ...(container === undefined ? {} : { container }) });
  };
  for (const { spec, path, name: container } of pod.containers) {
    listOf(spec.env).forEach((item, i) => {
      look(recordOf(recordOf(recordOf(item).valueFrom).secretKeyRef).name, `${path}/env/${i}/valueFrom/secretKeyRef/name`, container);
    });
    listOf(spec.envFrom).forEach((item, i) => {
      look(recordOf(recordOf(item).secretRef).name, `${path}/envFrom/${i}/secretRef/name`, container);
    });
  }
  listOf(pod.spec.volumes).forEach((item, i) => {
    const { secret, projected } = recordOf(item);
    look(recordOf(secret).secretName, `${pod.path}/volumes/${i}/secret/secretName`);
    listOf(recordOf(projected).sources).forEach((source, j) => {
      look(recordOf(recordOf(source).secret).name, `${pod.path}/volumes/${i}/projected/sources/${j}/secret/name`);
    });
  });
  listOf(pod.spec.imagePullSecrets).forEach((item, i) => {
    look(recordOf(item).name, `${pod.path}/imagePullSecrets/${i}/name`);
  });
  return found.length > 0 ? found : FINE;
});

const bytesOf = (value: unknown, isBase64: boolean): number => {
  const text = stringOf(value) ?? '';
  return isBase64 ? Math.floor((text.length * 3) / 4) : Buffer.byteLength(text);
};

/** Objects near the limit of 1 MiB, and those with very many keys. */
const large = (fields: Readonly<Record<string, boolean>>) =>
  objectRule((object, { base, params }) => {
    const entries = Object.entries(fields).flatMap(([field, isBase64]) =>
      isRecord(object[field])
        ? Object.entries(object[field]).map(([key, value]) => ({
            path: joinPointer(`${base}/${field}`, key),
            bytes: bytesOf(value, isBase64),
          }))
        : [],
    );
    const found: Violation[] = [];
    const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    const largest = entries.reduce((a, b) => (b.bytes > a.bytes ? b : a), { path: `${base}/data`, bytes: 0 });
    const [maxBytes, maxKeys] = [
      parseQuantity(params.maxSize) ?? Number.POSITIVE_INFINITY,
      numberOf(params.maxKeys) ?? Number.POSITIVE_INFINITY,
    ];
    if (total > maxBytes) found.push({ path: largest.path, value: `${total} bytes`, expected: `at most ${String(params.maxSize)}` });
    if (entries.length > maxKeys)
      found.push({
        path: `${base}/${Object.keys(fields).find((field) => isRecord(object[field])) ?? 'data'}`,
        value: `${entries.length} keys`,
        expected: `at most ${maxKeys}`,
      });
    return found.length > 0 ? found : FINE;
  });

/** Credentials and what holds them. */
export const SECRET_RULES = {
  'secret-as-env': secretAsEnv,
  'credential-in-env': credentialInEnv,
  'credential-in-configmap': credentialInConfigMap,
  'key-pattern': keyPattern,
  'secret-by-name': secretByName,
  'large-configmap': large({ data: false, binaryData: true }),
  'large-secret': large({ data: true, stringData: false }),
} as const;
