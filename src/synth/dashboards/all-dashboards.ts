import { ADMISSION } from './admission.ts';
import type { DashboardPlan } from './dashboard.ts';
import { FEEDBACK } from './feedback.ts';
import { HEALTH } from './health.ts';
import { NETWORK_SECURITY } from './network-security.ts';
import { OVERVIEW } from './overview.ts';
import { WORKLOAD } from './workload.ts';

export const DASHBOARDS: readonly DashboardPlan[] = [OVERVIEW, WORKLOAD, NETWORK_SECURITY, ADMISSION, HEALTH, FEEDBACK];
