/** Samples of a text exposition whose name is asked for: `{labels: value}`. */
export type Scrape = (name: string, labels?: string) => number;

const SCRAPE_TIMEOUT_MS = 20_000;

/** The body of an answer, or undefined where nobody listens or the status is not 200. */
export const getText = async (url: string, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(SCRAPE_TIMEOUT_MS)]) });
    const text = await answer.text();
    return answer.ok ? text : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
};

/** Reads single values out of an exposition; NaN where a series is absent. `labels` is a part of the label text, such as `loop="tick"`. */
export const readScrape = (text: string): Scrape => {
  const lines = text.split('\n');
  return (name, labels = '') => {
    const line = lines.find((each) => each.startsWith(name) && /^[ {]/.test(each.slice(name.length)) && each.includes(labels));
    return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
  };
};

/** How many series of a family an exposition holds. */
export const countSeries = (text: string, name: string): number => {
  let count = 0;
  for (let at = text.indexOf(`\n${name}{`); at >= 0; at = text.indexOf(`\n${name}{`, at + 1)) count++;
  return count;
};
