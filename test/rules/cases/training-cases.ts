import { type AlertCases, own } from './alert-case.ts';

const RETRAIN = { cronjob: 'bellwether-retrain' };
const ENDED = 'kube_cronjob_status_last_successful_time{cronjob="bellwether-retrain",namespace="bellwether"}';
const MADE = 'kube_cronjob_created{cronjob="bellwether-retrain",namespace="bellwether"}';
/** Two days less ten minutes before the clock of the test begins. */
const LONG_AGO = '-172200';
const STALE = own('warning', RETRAIN);

const TRAIN = { job_name: 'bellwether-train' };
const FAILED = 'kube_job_failed{job_name="bellwether-train",namespace="bellwether",condition="true"}';

export const TRAINING_CASES: AlertCases = {
  BellwetherRetrainStale: [
    {
      kind: 'fires',
      what: 'the last success is more than two days ago, for ten minutes',
      series: { [ENDED]: `${LONG_AGO}x60`, [MADE]: '-900000x60' },
      firing: { '20m30s': [STALE], '20m': [] },
      says: {
        summary: 'No retraining has ended well for 2d 0h 10m 30s',
        description: 'Verdicts go on changing scores, but no new model comes of them. The log of the last job says why.',
      },
    },
    {
      kind: 'fires',
      what: 'none has ever ended well since it was made two days ago',
      series: { [MADE]: `${LONG_AGO}x60` },
      firing: { '20m30s': [STALE], '20m': [] },
    },
    {
      kind: 'quiet',
      what: 'one ended well an hour ago, however old the CronJob is, and a job of somebody else never',
      series: {
        [ENDED]: '-3600x60',
        [MADE]: '-900000x60',
        'kube_cronjob_status_last_successful_time{cronjob="model-retrain"}': '-900000x60',
      },
      firing: { '25m': [] },
    },
    {
      kind: 'resolves',
      what: 'one ends well',
      series: { [ENDED]: `${LONG_AGO}x43 1290x20` },
      firing: { '21m30s': [STALE], '22m': [] },
    },
    { kind: 'missing', what: 'nothing trains', series: {}, firing: { '25m': [] } },
  ],
  BellwetherTrainingFailed: [
    {
      kind: 'fires',
      what: 'all tries have failed, for five minutes',
      series: { [FAILED]: '1x30' },
      firing: { '5m': [own('warning', TRAIN)], '4m30s': [] },
      says: {
        summary: 'The training of the first model failed',
        description:
          'The exporter goes on with the model that it has. The log of the last try says why: often there is too little past to learn from.',
      },
    },
    {
      kind: 'quiet',
      what: 'it is well, and a job of somebody else failed',
      series: {
        [FAILED]: '0x30',
        'kube_job_failed{job_name="model-train",condition="true"}': '1x30',
        'kube_job_failed{job_name="bellwether-train",condition="false"}': '1x30',
      },
      firing: { '10m': [] },
    },
    {
      kind: 'resolves',
      what: 'it is made anew',
      series: { [FAILED]: '1x13 stale' },
      firing: { '6m30s': [own('warning', TRAIN)], '7m': [] },
    },
    { kind: 'missing', what: 'nothing trains', series: {}, firing: { '10m': [] } },
  ],
};
