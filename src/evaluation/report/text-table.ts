/** Rows as aligned columns, two blanks apart: the first column to the left, the others to the right. */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A share or a rate with enough digits to compare; a dash where there is none. */
export const formatNumber = (value: number | undefined, digits = 3): string => (value === undefined ? '-' : value.toFixed(digits));

const UNITS = [
  { seconds: 86_400, unit: 'd' },
  { seconds: 3600, unit: 'h' },
  { seconds: 60, unit: 'm' },
] as const;

/** `90 s`, `12.5 m`, `3.0 h`. */
export const formatDuration = (seconds: number | undefined): string => {
  if (seconds === undefined) return '-';
  const fitting = UNITS.find((unit) => seconds >= 2 * unit.seconds);
  return fitting ? `${(seconds / fitting.seconds).toFixed(1)} ${fitting.unit}` : `${Math.round(seconds)} s`;
};
