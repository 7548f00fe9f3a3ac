/** An environment variable; undefined where it is unset or empty, because an empty value in a manifest means "not given". */
export const env = (name: string): string | undefined => process.env[name] || undefined;
