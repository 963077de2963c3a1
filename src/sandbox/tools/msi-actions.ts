import { createHash } from 'node:crypto';
import { chosenSite, grantPool, isConnector, makeSite, removeSite } from '../connector-site.ts';
import { hostPath, hostText } from '../host-config.ts';
import { leaveShare, shareConfig } from '../multiple-instance.ts';
import { remember } from '../server.ts';
import { Undo } from '../undo.ts';
import { conditionHolds } from './msi-condition.ts';
import { cost, installFiles, processComponents, removeFiles } from './msi-files.ts';
import { findRelatedProducts, productsToRemove, publishProduct, registrationOf } from './msi-products.ts';
import { filesOf, isLaying, property, type Session } from './msi-session.ts';
import { UnknownCall } from './tool.ts';

/** How an action ended; a failure has the sentence that the log shows. */
export type ActionEnd = { readonly ok: true } | { readonly ok: false; readonly message: string };
export type Action = (session: Session) => Promise<ActionEnd>;

/** Removes another product as a part of this installation. */
export type RemoveProduct = (code: string, outer: Session) => Promise<ActionEnd>;

const done: ActionEnd = { ok: true };

/** Standard actions that change nothing of what the sandbox shows. */
const withoutEffect = [
  'ValidateProductID',
  'CostInitialize',
  'FileCost',
  'MigrateFeatureStates',
  'InstallValidate',
  'UnpublishFeatures',
  'RegisterUser',
  'RegisterProduct',
  'PublishFeatures',
  'InstallExecute',
];

/** The standard actions by name; one that is not here is not known to the sandbox. */
export function standardActions(removeProduct: RemoveProduct): Readonly<Record<string, Action>> {
  return {
    ...Object.fromEntries(withoutEffect.map((name) => [name, async () => done])),
    FindRelatedProducts: plain(findRelatedProducts),
    LaunchConditions: async (session) => launchConditions(session),
    CostFinalize: plain(cost),
    InstallInitialize: plain(initialize),
    ProcessComponents: plain(processComponents),
    RemoveFiles: plain(takeFiles),
    InstallFiles: layFiles,
    PublishProduct: plain(publish),
    RemoveExistingProducts: (session) => removeExisting(session, removeProduct),
    ScheduleReboot: plain((session) => {
      session.isRestartNeeded = true;
    }),
    InstallFinalize: plain((session) => {
      session.undo = session.outer?.undo ?? null;
    }),
  };
}

function plain(run: (session: Session) => void | Promise<void>): Action {
  return async (session) => {
    await run(session);
    return done;
  };
}

function launchConditions(session: Session): ActionEnd {
  const broken = session.package
    .rows('LaunchCondition')
    .find((row) => !conditionHolds(String(row.Condition), session.properties));
  return broken ? { ok: false, message: String(broken.Description) } : done;
}

/**
 * From here on everything can be taken back; a removal inside another installation shares what that one keeps. The vendor's
 * setup is taken to keep applicationHost.config whole, as WiX does (wix: StartIIS7ConfigTransaction copies the file).
 */
async function initialize(session: Session): Promise<void> {
  session.undo ??= new Undo(session.server);
  if (hostText(session.server) !== null) await session.undo.keep(hostPath);
}

/** Where it stands decides whether the old product comes back after a failure (domain 4.1: before or inside the transaction). */
async function removeExisting(session: Session, removeProduct: RemoveProduct): Promise<ActionEnd> {
  if (session.mode !== 'install' && session.mode !== 'nothing') return done;
  for (const code of productsToRemove(session)) {
    // Whether the old product goes for the sake of a new one that does not come is nowhere described.
    if (session.mode === 'nothing')
      throw new UnknownCall('msiexec', 'REINSTALL of a product that would replace another');
    if (!registrationOf(session.server, code)) continue;
    const end = await removeProduct(code, session);
    if (!end.ok) return end;
  }
  return done;
}

async function takeFiles(session: Session): Promise<void> {
  if (session.mode === 'remove' && isConnector(property(session, 'ProductName'))) await leaveShare(session);
  await removeFiles(session);
}

async function layFiles(session: Session): Promise<ActionEnd> {
  if (!isLaying(session)) return done;
  const trouble = await installFiles(session);
  if (trouble !== null) return { ok: false, message: trouble };
  if (!isConnector(property(session, 'ProductName'))) return done;
  await configure(session);
  const problem = await shareConfig(session);
  return problem === null ? done : { ok: false, message: problem };
}

/** Keys of appsettings.json that an installation makes anew (domain 1.5, 6.5). */
const freshKeys = ['IV', 'KEY', 'TokenEncryptionKey', 'TokenSigningKey'];

/** A first installation writes keys of its own into the settings; an upgrade or a repair leaves what its package laid down. */
async function configure(session: Session): Promise<void> {
  const { drive, memory } = session.server;
  const settings = filesOf(session).find((file) => /(?<!\\Responses)\\appsettings\.json$/i.test(file.path));
  if (!settings || !session.toLay.has(settings.key)) return;
  grantPool(session.server, settings.path, chosenSite(session.properties).pool);
  const isUpgrade = session.package.rows('Upgrade').some((row) => property(session, String(row.ActionProperty)) !== '');
  const bytes = await drive.read(settings.path);
  if (isUpgrade || session.mode !== 'install' || !bytes) return;
  let text = new TextDecoder().decode(bytes);
  for (const key of freshKeys) {
    const seed = `${property(session, 'ProductCode')} ${memory.clock} ${key}`;
    const value = createHash('sha256').update(seed).digest('base64');
    text = text.replace(new RegExp(`("${key}"\\s*:\\s*)"[^"]*"`), `$1"${value}"`);
  }
  await drive.write(settings.path, new TextEncoder().encode(text));
}

/** Registration, and what the connector's own actions do to IIS; the old product leaves its site to an upgrade (domain 6.5). */
async function publish(session: Session): Promise<void> {
  const { server, mode } = session;
  const code = property(session, 'ProductCode');
  const ownSite = registrationOf(server, code)?.site ?? null;
  await publishProduct(session);
  if (mode === 'remove' && ownSite !== null) {
    if (session.outer) session.outer.inheritedSite = ownSite;
    else removeSite(server, ownSite);
  }
  if (mode === 'install' && isConnector(property(session, 'ProductName'))) ownTheSite(session, code);
}

function ownTheSite(session: Session, code: string): void {
  const { server } = session;
  const registered = registrationOf(server, code);
  if (!registered) return;
  const old = productsToRemove(session).some((one) => registrationOf(server, one)?.site != null);
  const isUpgrade = old || session.inheritedSite !== null;
  const choice = chosenSite(session.properties);
  const site = makeSite(server, installFolder(registered.keyPaths), choice, isUpgrade);
  remember(server, { registered: { ...server.memory.registered, [code]: { ...registered, site } } });
}

/** The folder of the product: the shortest one that holds a key file. */
function installFolder(keyPaths: readonly string[]): string {
  const folders = keyPaths.map((path) => path.slice(0, path.lastIndexOf('\\')));
  return folders.sort((left, right) => left.length - right.length)[0] ?? 'C:';
}
