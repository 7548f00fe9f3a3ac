const QUOTE = '"';

/** Fields of one line with quotes (RFC 4180, without line breaks inside); undefined where a quote is left open. */
export const splitQuoted = (line: string): string[] | undefined => {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (isQuoted) {
      if (char !== QUOTE) field += char;
      else if (line[i + 1] === QUOTE) {
        field += QUOTE;
        i++;
      } else isQuoted = false;
    } else if (char === QUOTE && field === '') isQuoted = true;
    else if (char === ',') {
      fields.push(field);
      field = '';
    } else field += char;
  }
  fields.push(field);
  return isQuoted ? undefined : fields;
};
