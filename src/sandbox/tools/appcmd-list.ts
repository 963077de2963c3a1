import type { Iis, Site } from '../../core/facts.ts';
import type { Ended } from './tool.ts';

/** What `appcmd list site /xml` prints. */
export function listSites({ sites }: Iis): Ended {
  return listed(sites.filter((site) => site.application === '/').map(siteXml));
}

/** What `appcmd list apppool /xml` prints; never with `/config`, which prints passwords (T5). */
export function listPools({ pools }: Iis): Ended {
  return listed(pools.map((pool) => poolXml(pool.name, pool.state)));
}

/** What `appcmd list wp /xml` prints. */
export function listWorkers({ pools }: Iis): Ended {
  return listed(pools.flatMap(workersXml));
}

function siteXml(site: Site, index: number): string {
  const state = site.state === 'started' ? 'Started' : 'Stopped';
  return `<SITE SITE.NAME="${xml(site.name)}" SITE.ID="${index + 1}" bindings="${xml(site.bindings.join(','))}" state="${state}" />`;
}

function poolXml(name: string, state: 'started' | 'stopped'): string {
  const shown = state === 'started' ? 'Started' : 'Stopped';
  return `<APPPOOL APPPOOL.NAME="${xml(name)}" PipelineMode="Integrated" RuntimeVersion="" state="${shown}" />`;
}

function workersXml(pool: Iis['pools'][number], index: number): string[] {
  return Array.from({ length: pool.workers }, (_, turn) => {
    return `<WP WP.NAME="${4000 + 100 * index + turn}" APPPOOL.NAME="${xml(pool.name)}" />`;
  });
}

function listed(elements: readonly string[]): Ended {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<appcmd>',
    ...elements.map((one) => `    ${one}`),
    '</appcmd>',
  ];
  return { code: 0, output: `${lines.join('\r\n')}\r\n` };
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
