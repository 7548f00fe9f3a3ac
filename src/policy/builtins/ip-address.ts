/** What kind of address a text is, as far as it must not be an endpoint; undefined for all others and for names. */
export const specialAddress = (text: string): 'loopback' | 'link-local' | 'unspecified' | 'multicast' | undefined => {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(text);
  if (v4) {
    const [a, b, c, d] = v4.slice(1).map(Number) as [number, number, number, number];
    if (a === 127) return 'loopback';
    if (a === 169 && b === 254) return 'link-local';
    if (a + b + c + d === 0) return 'unspecified';
    return a >= 224 && a <= 239 ? 'multicast' : undefined;
  }
  // No text of an address is longer.
  if (!text.includes(':') || text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const bare = text.toLowerCase();
  if (/^[0:]*:0*1$/.test(bare)) return 'loopback';
  if (/^[0:]+$/.test(bare)) return 'unspecified';
  if (/^fe[89ab][0-9a-f]:/.test(bare)) return 'link-local';
  return /^ff[0-9a-f]{2}:/.test(bare) ? 'multicast' : undefined;
};

/** Names and addresses that lead back to where the request comes from. */
export const isOwnHost = (text: string): boolean => {
  const name = text.trim().toLowerCase().replace(/\.$/, '');
  if (/^(localhost|ip6-localhost|ip6-loopback|loopback)$|\.localhost$|(^|\.)localhost\.localdomain$/.test(name)) return true;
  const kind = specialAddress(name.replace(/^\[(.*)\]$/, '$1'));
  return kind === 'loopback' || kind === 'unspecified';
};
