import { writeFileSync } from 'node:fs';
import { findingsPage, findingsPagePath } from './findings-page.ts';

writeFileSync(new URL(`../../${findingsPagePath}`, import.meta.url), findingsPage());
