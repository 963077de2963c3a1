import { it } from 'node:test';
import { installing, replace, restoring, survivesKill, upgrade } from './kill.ts';

const wanted = ['SCIM Connector 4.4.4'];

it('killed while msiexec uninstalls 3.2.0: msiexec ends its work, and the next run installs 4.4.4', (test) =>
  survivesKill(test, { change: replace, at: () => installing('connector.uninstall'), leaves: [] }));

it('killed while msiexec installs 4.4.4 in place of 3.2.0: msiexec ends its work, and the next run does the rest', (test) =>
  survivesKill(test, { change: replace, at: () => installing('connector.install'), leaves: wanted }));

it('killed while a config file is put back: the next run puts it back, and leaves no half of it', (test) =>
  survivesKill(test, { change: upgrade, at: () => restoring, leaves: wanted }));
