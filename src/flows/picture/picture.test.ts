import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { makeFlow } from '../../testing/flow-builders.ts';
import { STRICT_FEATURES } from '../features/catalogue.ts';
import { createTableBuilder, type FlowTable } from '../features/flow-table.ts';
import { fitScaler } from '../features/scaler.ts';
import { differingFields, drawFlow, nearestFlow, scaleFlow } from './draw.ts';
import { BLOCK, PICTURE_LAYOUT, SIDE } from './layout.ts';
import { encodePng } from './png.ts';
import { drawSvg } from './svg.ts';

const tableOf = (...durations: number[]): FlowTable => {
  const builder = createTableBuilder();
  for (const duration of durations) builder.add(makeFlow({ source: 'a<b>&c', statistics: { 'Flow Duration': duration } }));
  return builder.table();
};
const table = tableOf(10, 20, 30, 5000);
const scaler = fitScaler(table.matrix, [0, 1, 2]);
const flow = (row: number) => scaleFlow(scaler, table, row);

describe('PICTURE_LAYOUT', () => {
  it('gives every feature a block of its own inside the picture, groups together', () => {
    expect(PICTURE_LAYOUT).toHaveLength(77);
    expect(new Set(PICTURE_LAYOUT.map(({ x, y }) => `${x} ${y}`)).size).toBe(77);
    expect(PICTURE_LAYOUT.every(({ x, y }) => x + BLOCK <= SIDE && y + BLOCK <= SIDE)).toBe(true);
    const groups = PICTURE_LAYOUT.map(({ group }) => group);
    expect(groups.filter((group, i) => group !== groups[i - 1])).toHaveLength(new Set(groups).size);
  });
});

describe('drawFlow', () => {
  it('is grey at the mean, brighter above, and the same for the same flow', () => {
    const mean = drawFlow(new Float64Array(77));
    expect(mean[0]).toBe(136);
    expect(drawFlow(flow(3))[0]).toBe(255);
    expect(drawFlow(flow(0))[0]).toBeLessThan(136);
    expect(mean[SIDE * SIDE - 1]).toBe(0);
    expect(drawFlow(flow(1))).toEqual(drawFlow(flow(1)));
  });
});

describe('differingFields', () => {
  it('names the field in which two flows differ', () => {
    expect(differingFields(flow(0), flow(3)).map((k) => STRICT_FEATURES[k]!.name)).toEqual(['Flow Duration']);
    expect(differingFields(flow(0), flow(0))).toEqual([]);
  });
});

describe('nearestFlow', () => {
  it('finds the one with the fewest differences', () => {
    expect(nearestFlow(flow(3), scaler, tableOf(1, 4990, 9))).toBe(1);
    expect(nearestFlow(flow(3), scaler, tableOf())).toBe(-1);
  });
});

describe('encodePng', () => {
  it('writes pixels that a decoder gives back, zoomed', () => {
    const png = Buffer.from(encodePng(Uint8Array.of(0, 50, 100, 255), 2, 2, 2));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([4, 4]);
    const at = png.indexOf('IDAT');
    const raw = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect([...raw.subarray(0, 5), ...raw.subarray(10, 15)]).toEqual([0, 0, 0, 50, 50, 0, 100, 100, 255, 255]);
    // CRC of an empty IEND, as every PNG file ends.
    expect(png.subarray(-4).toString('hex')).toBe('ae426082');
  });
});

describe('drawSvg', () => {
  it('marks and names what differs, and lets no address become markup', () => {
    const svg = drawSvg(scaler, { title: 'a<b>&c', subtitle: '', flow: flow(0) }, { title: 'other', subtitle: 's', flow: flow(3) });
    expect(svg).toContain('a&lt;b&gt;&amp;c');
    expect(svg.match(/#ff2d2d/g)).toHaveLength(2);
    expect(svg).toContain('Flow Duration: 10 against 5000');
    expect(drawSvg(scaler, { title: 'one', subtitle: '', flow: flow(0) })).not.toContain('#ff2d2d');
  });
});
