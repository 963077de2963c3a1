import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { powershell } from '../../src/core/call.ts';
import { windowsMachine } from '../../src/machine/windows.ts';
import { newFolder } from './folders.ts';

/** Only where a file that begins with `#!` is a program and `\` a letter of its name can another one stand in its place. */
const elsewhere = process.platform === 'win32' ? () => undefined : test;

elsewhere(
  'a PowerShell that gives no answer is waited for as long as the look says, and then the facts say why',
  async () => {
    const root = await newFolder();
    const silent = powershell.replace('%SystemRoot%', root);
    await mkdir(root, { recursive: true });
    await writeFile(silent, '#!/bin/sh\nexec sleep 60\n');
    await chmod(silent, 0o755);
    process.env.SystemRoot = root;
    const machine = windowsMachine(() => async () => ({ problem: 'nobody asks for it' }));
    const facts = await machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\packages', limitMs: 50 });
    await machine.close();
    const why = 'PowerShell, which reads the server, gave no answer within 0.05 s';
    assert.deepEqual(facts.machine, { known: false, why });
  },
);
