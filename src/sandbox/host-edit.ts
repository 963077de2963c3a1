import type { Site } from '../core/facts.ts';
import { type HostName, placeOf } from '../core/host-config.ts';
import { leadOf, spliced, withChild, withoutElement } from '../core/xml-edit.ts';
import { attributeOf, descend, escapedXml, scanXml, type XmlElement } from '../core/xml-scan.ts';

/** What one edit makes of the text of applicationHost.config; it leaves everything else of it as it was. */
export type Edit = (text: string) => string;

type Named = Pick<Site, 'name' | 'application'>;

const line = (depth: number) => `\r\n${'    '.repeat(depth)}`;

/** Adds a pool after the last one, with attributes of its own. */
export function addPool(name: string, attributes = ''): Edit {
  return (text) => {
    const { holder } = placed(text, { kind: 'pool', name });
    const element = `<add name="${escapedXml(name)}"${attributes} />`;
    return withChild(text, holder, lastOf(holder, 'add'), { lead: line(3), element });
  };
}

/** Sets an attribute of a pool. */
export function setPool(pool: string, attribute: string, value: string): Edit {
  return (text) => withAttribute(text, found(text, { kind: 'pool', name: pool }), attribute, value);
}

/** Gives a pool another account: what stood there of the old one, its password too, is gone. */
export function setProcessModel(pool: string, attributes: Readonly<Record<string, string>>): Edit {
  return (text) => {
    const words = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapedXml(value)}"`);
    return withInner(text, { kind: 'pool', name: pool }, 'processModel', `<processModel${words.join('')} />`);
  };
}

/** Puts an element below a pool, in place of the one of that name if there is one. */
export function setBelowPool(pool: string, child: string, element: string): Edit {
  return (text) => withInner(text, { kind: 'pool', name: pool }, child, element);
}

/** Adds a site after the last one, under the next number. */
export function addSite({
  name,
  folder,
  bindings,
  pool,
}: Omit<Site, 'application' | 'state' | 'pool'> & { readonly pool: string | null }): Edit {
  return (text) => {
    const { holder } = placed(text, { kind: 'site', name, application: '/' });
    const numbers = holder.children.map((one) => Number(attributeOf(one, 'id') ?? 0));
    const element = [
      `<site name="${escapedXml(name)}" id="${Math.max(0, ...numbers) + 1}" serverAutoStart="true">`,
      line(4),
      applicationText('/', folder, pool),
      line(4),
      bindingsText(bindings),
      line(3),
      '</site>',
    ].join('');
    return withChild(text, holder, lastOf(holder, 'site'), { lead: line(3), element });
  };
}

/** Adds an application under a site. */
export function addApplication({ name, application }: Named, folder: string, pool: string | null): Edit {
  return (text) => {
    const { holder } = placed(text, { kind: 'site', name, application });
    const element = applicationText(application, folder, pool);
    return withChild(text, holder, lastOf(holder, 'application'), { lead: line(4), element });
  };
}

/** Removes a pool, a site with all below it, or an application; nothing of its text is left. */
export function removeFromHost(one: HostName): Edit {
  return (text) => withoutElement(text, found(text, one));
}

/** Gives a site another name. */
export function renameSite(name: string, to: string): Edit {
  return (text) => withAttribute(text, found(text, { kind: 'site', name, application: '/' }), 'name', to);
}

/** Sets the bindings of a site. */
export function setBindings(name: string, bindings: readonly string[]): Edit {
  return (text) => withInner(text, { kind: 'site', name, application: '/' }, 'bindings', bindingsText(bindings));
}

/** Puts an application into a pool. */
export function setApplicationPool(site: Named, pool: string): Edit {
  return (text) => withAttribute(text, applicationAt(text, site), 'applicationPool', pool);
}

/** Sets the folder of an application. */
export function setFolder(site: Named, folder: string): Edit {
  return (text) => {
    const root = applicationAt(text, site).children.find((one) => attributeOf(one, 'path') === '/');
    if (!root) throw new Error(`${site.name}${site.application} has no folder`);
    return withAttribute(text, root, 'physicalPath', folder);
  };
}

/** One edit after the other. */
export function inOrder(edits: readonly Edit[]): Edit {
  return (text) => edits.reduce((now, edit) => edit(now), text);
}

function placed(text: string, one: HostName) {
  const place = placeOf(text, one);
  if (!place) throw new Error(`applicationHost.config has no place for ${one.name}`);
  return place;
}

function found(text: string, one: HostName): XmlElement {
  const { found: element } = placed(text, one);
  if (!element) throw new Error(`applicationHost.config has no ${one.name}`);
  return element;
}

/** The application itself; for `/` that is the root application of a site, not the site. */
function applicationAt(text: string, site: Named): XmlElement {
  const element = found(text, { kind: 'site', ...site });
  const root = site.application === '/' ? descend(element, 'application') : element;
  if (!root) throw new Error(`${site.name} has no application`);
  return root;
}

function lastOf(holder: XmlElement, child: string): XmlElement | null {
  return holder.children.findLast((one) => one.name === child) ?? null;
}

function withInner(text: string, one: HostName, child: string, element: string): string {
  const holder = found(text, one);
  const old = descend(holder, child);
  const lead = line(4);
  return old ? spliced(text, old, element) : withChild(text, holder, null, { lead, element });
}

function withAttribute(text: string, element: XmlElement, name: string, value: string): string {
  const old = element.attributes.find((one) => one.name === name);
  if (old) return spliced(text, old, escapedXml(value));
  const at = (element.attributes.at(-1)?.end ?? element.start + element.name.length) + 1;
  return spliced(text, { start: at, end: at }, ` ${name}="${escapedXml(value)}"`);
}

function applicationText(path: string, folder: string, pool: string | null): string {
  const inPool = pool === null ? '' : ` applicationPool="${escapedXml(pool)}"`;
  return [
    `<application path="${escapedXml(path)}"${inPool}>`,
    `${line(5)}<virtualDirectory path="/" physicalPath="${escapedXml(folder)}" />`,
    `${line(4)}</application>`,
  ].join('');
}

function bindingsText(bindings: readonly string[]): string {
  const texts = bindings.map((one) => {
    const slash = one.indexOf('/');
    const information = escapedXml(one.slice(slash + 1));
    return `${line(5)}<binding protocol="${one.slice(0, slash)}" bindingInformation="${information}" />`;
  });
  return `<bindings>${texts.join('')}${line(4)}</bindings>`;
}

/** Adds an element to a list elsewhere in the file, unless it has one of that name. */
export function addNamed(path: readonly string[], name: string, element: string): Edit {
  return (text) => {
    const list = descend(scanXml(text), ...path);
    if (!list || list.children.some((one) => attributeOf(one, 'name') === name)) return text;
    return withChild(text, list, list.children.at(-1) ?? null, { lead: `${leadOf(text, list)}    `, element });
  };
}
