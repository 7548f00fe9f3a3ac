import { Command } from 'commander';
import { addressesFlowsCommand } from './addresses-command.ts';
import { evaluateFlowsCommand } from './evaluate-command.ts';
import { exportFlowsCommand } from './export-command.ts';
import { learnFlowsCommand } from './learn-command.ts';
import { meterFlowsCommand } from './meter-command.ts';
import { compareFlowsCommand, pictureFlowsCommand } from './picture-command.ts';
import { reportFlowsCommand } from './report-command.ts';
import { scoreFlowsCommand } from './score-command.ts';
import { simulateFlowsCommand } from './simulate-command.ts';
import { trainFlowsCommand } from './train-command.ts';
import { workloadsFlowsCommand } from './workloads-command.ts';

/** `bellwether flows`: network flows as CICFlowMeter writes them. */
export const flowsCommand = (): Command =>
  new Command('flows')
    .description('Learns what the network flows of a cluster look like, scores them, and recognises attacks from a handful of examples.')
    .addCommand(meterFlowsCommand())
    .addCommand(simulateFlowsCommand())
    .addCommand(trainFlowsCommand())
    .addCommand(scoreFlowsCommand())
    .addCommand(learnFlowsCommand())
    .addCommand(exportFlowsCommand())
    .addCommand(evaluateFlowsCommand())
    .addCommand(addressesFlowsCommand())
    .addCommand(reportFlowsCommand())
    .addCommand(workloadsFlowsCommand())
    .addCommand(pictureFlowsCommand())
    .addCommand(compareFlowsCommand());
