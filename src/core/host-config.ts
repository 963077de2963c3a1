import type { Site } from './facts.ts';
import { sameName } from './site-gaps.ts';
import { leadOf, spliced, textOf, withChild, withoutElement } from './xml-edit.ts';
import { attributeOf, descend, scanXml, type XmlElement } from './xml-scan.ts';

/** A pool, a site with all below it (application `/`), or one application of a site, in applicationHost.config. */
export type HostName =
  | { readonly kind: 'pool'; readonly name: string }
  | ({ readonly kind: 'site' } & Pick<Site, 'name' | 'application'>);

/** The text by which each pool, site and application stands in the file: that of a site is its own, without its applications'. */
export type HostTexts = {
  readonly pools: readonly { readonly name: string; readonly text: string }[];
  readonly sites: readonly (Pick<Site, 'name' | 'application'> & { readonly text: string })[];
};

/** What stands of pools and sites in an applicationHost.config, or null if the text is none that can be edited as text. */
export function hostTexts(text: string): HostTexts | null {
  const host = hostOf(text);
  if (!host) return null;
  return {
    pools: named(host.pools, 'add').map(([name, one]) => ({ name, text: textOf(text, one) })),
    sites: named(host.sites, 'site').flatMap(([name, site]) =>
      applicationsOf(site).map(([application, one]) => ({
        name,
        application,
        text: application === '/' ? ownText(text, site) : textOf(text, one),
      })),
    ),
  };
}

/**
 * The present text with pools, sites and applications as a kept text has them, character for character; all else stays as
 * it is now. Where it differs from the kept text in nothing but these, it is the kept text itself. Null where that cannot
 * be done: one of the texts cannot be edited, the kept one lacks one of them, or somebody else has taken a site's number.
 */
export function withKept(present: string, kept: string, ours: readonly HostName[]): string | null {
  const result = ours.reduce<string | null>((text, one) => text && putOne(text, kept, one), present);
  if (result === null) return null;
  const isKept = ours.every((one) => textOfOne(result, one) === textOfOne(kept, one));
  return isKept && without(result, ours) === without(kept, ours) ? kept : result;
}

type Host = { readonly pools: XmlElement; readonly sites: XmlElement };

function hostOf(text: string): Host | null {
  const host = descend(scanXml(text), 'system.applicationHost');
  const [pools, sites] = [descend(host, 'applicationPools'), descend(host, 'sites')];
  return pools && sites && { pools, sites };
}

/** The children of that name, by what they are called. */
function named(container: XmlElement, child: string): (readonly [string, XmlElement])[] {
  const found = container.children.filter((one) => one.name === child);
  return found.map((one) => [attributeOf(one, 'name') ?? '', one] as const);
}

function applicationsOf(site: XmlElement): (readonly [string, XmlElement])[] {
  const found = site.children.filter((one) => one.name === 'application');
  return found.map((one) => [attributeOf(one, 'path') ?? '/', one] as const);
}

/** A site without the applications below it, for which others may answer. */
function ownText(text: string, site: XmlElement): string {
  const others = applicationsOf(site).filter(([path]) => path !== '/');
  const whole = others.toReversed().reduce((rest, [, one]) => withoutElement(rest, one), text.slice(0, site.end));
  return whole.slice(site.start);
}

/** Where one of them stands, and the element that holds it; null where that holder is not there. */
export function placeOf(
  text: string,
  one: HostName,
): { readonly holder: XmlElement; readonly found: XmlElement | null } | null {
  const host = hostOf(text);
  if (!host) return null;
  if (one.kind === 'pool') return { holder: host.pools, found: find(named(host.pools, 'add'), one.name) };
  const site = find(named(host.sites, 'site'), one.name);
  if (one.application === '/') return { holder: host.sites, found: site };
  return site && { holder: site, found: find(applicationsOf(site), one.application) };
}

function find(all: readonly (readonly [string, XmlElement])[], name: string): XmlElement | null {
  return all.find(([one]) => sameName(one, name))?.[1] ?? null;
}

function textOfOne(text: string, one: HostName): string | null {
  const found = placeOf(text, one)?.found;
  return found ? textOf(text, found) : null;
}

function without(text: string, ours: readonly HostName[]): string {
  return ours.reduce((rest, one) => {
    const found = placeOf(rest, one)?.found;
    return found ? withoutElement(rest, found) : rest;
  }, text);
}

function putOne(present: string, kept: string, one: HostName): string | null {
  const [now, old] = [placeOf(present, one), placeOf(kept, one)];
  if (!now || !old?.found || isNumberTaken(now.holder, old.found, one)) return null;
  const element = withOthersBelow(present, now.found, textOf(kept, old.found), one);
  if (now.found) return spliced(present, now.found, element);
  const after = sameBefore(now.holder, old.holder, old.found);
  return withChild(present, now.holder, after, { lead: leadOf(kept, old.found), element });
}

/** Sites have numbers, and IIS takes no two of one number. */
function isNumberTaken(sites: XmlElement, kept: XmlElement, one: HostName): boolean {
  const id = attributeOf(kept, 'id');
  if (one.kind === 'pool' || one.application !== '/' || id === null) return false;
  return named(sites, 'site').some(([name, site]) => attributeOf(site, 'id') === id && !sameName(name, one.name));
}

/** The kept text of a site, with what others have put below the site that is there now. */
function withOthersBelow(present: string, now: XmlElement | null, kept: string, one: HostName): string {
  if (!now || one.kind === 'pool' || one.application !== '/') return kept;
  const others = applicationsOf(now).filter(([path]) => path !== '/');
  return others.reduce((text, [path, application]) => {
    const site = scanXml(text);
    if (!site) return text;
    const [same, last] = [find(applicationsOf(site), path), applicationsOf(site).at(-1)?.[1] ?? null];
    const element = textOf(present, application);
    return same
      ? spliced(text, same, element)
      : withChild(text, site, last, { lead: leadOf(present, application), element });
  }, kept);
}

/** The nearest of what stood before an element that is in the present container too. */
function sameBefore(now: XmlElement, old: XmlElement, element: XmlElement): XmlElement | null {
  const before = old.children.slice(0, old.children.indexOf(element)).toReversed();
  const keyOf = (one: XmlElement) =>
    `${one.name} ${attributeOf(one, 'name') ?? attributeOf(one, 'path') ?? ''}`.toLowerCase();
  for (const sibling of before) {
    const same = now.children.find((one) => keyOf(one) === keyOf(sibling));
    if (same) return same;
  }
  return null;
}
