import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parsePhases } from '../../src/recorder/phases-file.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bellwether.mjs', import.meta.url));

describe('bellwether lab conduct', () => {
  it('tells what is on, and ends with a phase file that record takes', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'lab', 'conduct', '--port', '0', '--warm-up', '1s', '--act', '1s', '--rest', '1s']);
    let [output, log] = ['', ''];
    let heard = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      log += String(chunk);
      const url = /http:\S+\/act/.exec(log)?.[0];
      if (url !== undefined && heard === '' && log.includes('begin of load')) {
        heard = 'asked';
        void fetch(url).then(async (answer) => {
          heard = await answer.text();
        });
      }
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, log.includes('end of transfer')]).toEqual([0, true]);
    expect(['load', 'quiet']).toContain(heard);
    const { phases, cleanUntil } = parsePhases(output, 'phases.json');
    expect(phases.map(({ kind, workload }) => `${kind} ${workload}`)).toEqual([
      'load bellwether-lab-web',
      'miner bellwether-lab-web',
      'scanner bellwether-lab-client',
      'crash-loop bellwether-lab-batch',
      'transfer bellwether-lab-batch',
    ]);
    expect(cleanUntil).toBeDefined();
    for (const { start, end } of phases) expect(end - start).toBe(1);
  });
});
