import type { Site } from './facts.ts';
import type { Step, StepKind, Steps } from './step.ts';

type Title<K extends StepKind> = (step: Steps[K]) => string;

const titles: { readonly [K in StepKind]: Title<K> } = {
  'iis.enable': ({ features }) => `enable ${counted(features.length, 'IIS feature')}`,
  'hosting.install': ({ bundle }) => `install the hosting bundle ${bundle.version}`,
  'hosting.repair': ({ bundle }) => `repair the hosting bundle ${bundle.version}`,
  'iis.restart': () => 'restart IIS',
  'pool.stop': ({ pool }) => `stop pool ${pool}`,
  'pool.start': ({ pool }) => `start pool ${pool}`,
  'config.backup': () => 'back up the config',
  'config.restore': ({ files, match, from, absent }) => {
    if (files.length === 0 && !absent) return 'check the access rights of its folders';
    if (from !== undefined) return match === 'exact' ? 'put the config back' : 'put the settings of the config back';
    return match === 'exact' ? 'put the config back as it was' : 'check the config, put back what is missing';
  },
  'shared.prove': ({ folder }) => `prove that ${folder} can be written to`,
  'shared.restore': ({ folder, match }) =>
    match === 'exact' ? `put the config in ${folder} back as it was` : `check the config in ${folder}`,
  'connector.install': ({ msi }) => `install ${msi.version}`,
  'connector.upgrade': ({ msi }) => `upgrade to ${msi.version}`,
  'connector.recache': ({ msi }) => `give Windows Installer the package of ${msi.version}`,
  'connector.repair': ({ msi }) => `repair ${msi.version}`,
  'connector.serve': () => 'see that its pool runs',
  'connector.uninstall': ({ version }) => `uninstall ${version}`,
  'connector.unchanged': () => 'see that nothing has changed meanwhile',
  'installer.settle': () => 'settle the suspended installation',
  'folder.clear': ({ path }) => `clear ${path}`,
  'folder.present': ({ folder }) => `put ${folder.path} back`,
  'site.present': ({ site }) => `check site ${nameOfSite(site)}`,
  'site.absent': ({ site }) => `remove ${site.application === '/' ? 'site' : 'application'} ${nameOfSite(site)}`,
  'certificates.present': () => 'check the certificate bindings',
  'pool.present': ({ pool }) => `see that pool ${pool} is there`,
  'pool.absent': ({ pool }) => `remove pool ${pool}`,
};

/** A step in a few words, as plans, journals' readers and errors call it. */
export function titleOf<K extends StepKind>(step: Step<K>): string {
  const title: Title<K> = titles[step.kind as K];
  return title(step as unknown as Steps[K]);
}

/** A site, or an application under one, as people call it: `SCIMConnector`, `Default Web Site/SCIMConnector`. */
export function nameOfSite({ name, application }: Pick<Site, 'name' | 'application'>): string {
  return name + (application === '/' ? '' : application);
}

/** `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration as people say it: `48 s`, `1 min 12 s`, `30 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/** A sentence's first letter in upper case. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
