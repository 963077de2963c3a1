import { samePath } from './connector.ts';
import { type FindingRow, listed, read } from './finding-row.ts';
import { sharedInBackup } from './restore.ts';
import { type PoolAccess, poolAccess } from './shared-access.ts';
import { isOnShare } from './shared-folder.ts';
import { type Situation, siteOf, valueOr } from './situation.ts';

/** What can be wrong with the folder that several servers share. */
export const sharedFindings: readonly FindingRow[] = [
  {
    id: 'no-second-hop',
    about: 'settings',
    means: 'The config lies on another machine, where the account of a remote session cannot go.',
    needs: ['shared', 'machine'],
    stops: 'always',
    hint: 'Run it as a scheduled task on this server, or let the remote session delegate its credentials (CredSSP).',
    test: (one) => {
      const why = whyUnread(one);
      return why !== null && isFarToken(one)
        ? `This process has the token of a network logon, as WinRM gives it, which Windows does not let go on to ${folderOf(one)}.`
        : null;
    },
  },
  {
    id: 'shared-unreadable',
    about: 'settings',
    means: 'The config that several servers share could not be read.',
    needs: ['shared', 'machine'],
    stops: 'always',
    hint: 'Run it as an account that may read and write there, or make the folder reachable, then run again.',
    test: (one) => {
      const why = whyUnread(one);
      return why !== null && !isFarToken(one)
        ? `The config that this server shares with others in ${folderOf(one)} could not be read, so it could not be backed up: ${why}.`
        : null;
    },
  },
  {
    id: 'pool-no-share',
    about: 'settings',
    means: 'The account under which the connector runs may not write where its config is shared.',
    needs: ['shared', 'iis'],
    stops: 'unless-accepted',
    hint: 'Give that account the right to modify the folder. An identity without an account is the computer account there: DOMAIN\\SERVER$.',
    test: (one) =>
      accessOf(one) === 'no'
        ? `The pool of the connector runs as ${identityOf(one)}, which may not read and write in ${folderOf(one)}.`
        : null,
  },
  {
    id: 'pool-share-unknown',
    about: 'settings',
    means: 'The rights where the config is shared do not tell whether the connector may write there.',
    needs: ['shared', 'iis'],
    stops: 'never',
    hint: 'Look at the rights of the folder: only groups are named there, or they could not be read.',
    test: (one) =>
      accessOf(one) === 'cannot-tell'
        ? `It cannot be told whether the pool of the connector, as ${identityOf(one)}, may read and write in ${folderOf(one)}.`
        : null,
  },
  {
    id: 'shared-assumed',
    about: 'settings',
    means:
      'A run was cut while a setup was at work; what has appeared in the shared folder since is taken for the work of that setup.',
    needs: ['shared'],
    stops: 'never',
    alsoBack: true,
    hint: 'Where another server has saved something there in the meantime, take that over by hand: the backup holds what gives way.',
    test: (one) =>
      listed(
        assumedIn(one),
        (names) =>
          `While a run was cut, this appeared where several servers share their config, and gives way to what was there before: ${names}.`,
      ),
  },
  {
    id: 'shared-not-restored',
    about: 'settings',
    means:
      'A backup that is put back also holds config that several servers share, and that is not for one of them to put back.',
    needs: [],
    stops: 'never',
    hint: 'Where all servers are to have it again, copy it by hand from the backup while their pools are stopped.',
    test: (one) =>
      listed(
        sharedInBackup(one),
        (names) => `The backup also holds what several servers share, and it stays as it is: ${names}.`,
      ),
  },
];

/** What nobody saw the setup put there, and is not as it was before the run. */
function assumedIn({ now, origin }: Situation): readonly string[] {
  const shared = read(now.shared);
  const before = valueOr(origin.shared, null);
  const old = before ? valueOr(before.files, []) : [];
  const isAssumed = (path: string) => (shared?.own ?? []).some((one) => one.assumed && samePath(one.path, path));
  return (shared ? valueOr(shared.files, []) : [])
    .filter(
      ({ path, sha256 }) => isAssumed(path) && old.some((one) => samePath(one.path, path) && one.sha256 !== sha256),
    )
    .map(({ path }) => path);
}

function folderOf({ now }: Situation): string {
  return read(now.shared)?.folder ?? '';
}

/** Why the shared folder could not be read, or null where it could or there is nothing to do. */
function whyUnread({ now, route }: Situation): string | null {
  const shared = read(now.shared);
  return !shared || route === 'none' || shared.files.known ? null : shared.files.why;
}

function isFarToken(one: Situation): boolean {
  return read(one.now.machine).networkLogon && isOnShare(folderOf(one));
}

/** A new connector gets a pool that runs as ApplicationPoolIdentity, the default of IIS. */
function identityOf({ now, product }: Situation): string {
  return (product && siteOf(now, product).pool?.identity) ?? 'ApplicationPoolIdentity';
}

function accessOf(one: Situation): PoolAccess {
  const shared = read(one.now.shared);
  if (!shared || one.route === 'none' || one.route === 'uninstall') return 'yes';
  return shared.sddl.known ? poolAccess(shared.sddl.value, shared.folder, identityOf(one)) : 'cannot-tell';
}
