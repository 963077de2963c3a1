import { z } from 'zod';
import type { Facts, ReaderDocument, Reading } from './facts.ts';
import type { Signature } from './signature.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex');
const time = z.iso.datetime();
const guid = z
  .string()
  .regex(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/, 'is not a GUID in braces and upper case');
const bits = z.union([z.literal(32), z.literal(64)]);

const reading = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('known', [
    z.strictObject({ known: z.literal(true), value }),
    z.strictObject({ known: z.literal(false), why: z.string() }),
  ]);

const machine = z.strictObject({
  name: z.string(),
  os: z.strictObject({ version: z.string(), product: z.enum(['server', 'client']), edition: z.string() }),
  elevated: z.boolean(),
  networkLogon: z.boolean(),
  powershell: z.strictObject({ version: z.string(), languageMode: z.string() }),
  memoryMb: z.number(),
  cpuMhz: z.number(),
  freeMb: z.record(z.string(), z.number()),
});
const restart = z.strictObject({
  reasons: z.array(z.string()),
  deletions: z.array(z.string()),
  renames: z.array(z.string()).optional(),
  working: z.array(z.string()).optional(),
});
const holder = z.strictObject({
  pid: z.number(),
  name: z.string(),
  parent: z.string().nullable(),
  startedAt: time.nullable(),
});
const installer = z.strictObject({
  suspended: z.boolean(),
  disabledByPolicy: z.boolean(),
  holders: z.array(holder),
});
const features = z.record(z.string(), z.enum(['enabled', 'disabled', 'enable-pending', 'disable-pending', 'removed']));
const service = z.strictObject({ state: z.enum(['running', 'stopped']), startedAt: time.nullable() });
const runState = z.enum(['started', 'stopped']);
const policy = z.strictObject({
  flags: z.number(),
  certCheckMode: z.number(),
  revocationFreshnessTime: z.number(),
  urlRetrievalTimeout: z.number(),
  ctlIdentifier: z.string().nullable(),
  ctlStoreName: z.string().nullable(),
});
const certificate = z.strictObject({
  endpoint: z.string(),
  thumbprint: z.string(),
  store: z.string(),
  appId: guid.nullable(),
  present: z.boolean(),
  policy: policy.optional(),
});
const iisCore = {
  version: z.string(),
  components: z.array(z.string()),
  sharedConfiguration: z.string().nullable(),
  services: z.record(z.string(), service),
  certificates: z.array(certificate),
};
const site = z.strictObject({
  name: z.string(),
  application: z.string(),
  folder: z.string(),
  pool: z.string(),
  bindings: z.array(z.string()),
  state: runState,
  element: sha256.optional(),
});
const pool = z.strictObject({
  name: z.string(),
  identity: z.string(),
  state: runState,
  workers: z.number(),
  sid: z.string().optional(),
  element: sha256.optional(),
});
const hostConfig = z.strictObject({ path: z.string(), sddl: z.string() });
const iis = z.strictObject({
  ...iisCore,
  sites: z.array(site),
  pools: z.array(pool),
  hostConfig: hostConfig.optional(),
});
const hosting = z.strictObject({
  runtimes: z.array(z.strictObject({ name: z.string(), version: z.string(), bits })),
  bundles: z.array(z.strictObject({ version: z.string(), cachedAt: z.string().nullable() })),
  module: z.strictObject({
    registered: z.boolean(),
    files: z.boolean(),
    schema: z.boolean(),
    configured: z.boolean(),
    eventSource: z.boolean(),
  }),
  options: z.record(z.string(), z.record(z.string(), z.union([z.literal(0), z.literal(1)]))),
  vcRuntime: z.string().nullable(),
  changedAt: time.nullable(),
});
const productCore = {
  productCode: guid,
  upgradeCode: guid.or(z.literal('')),
  version: z.string(),
  name: z.string(),
  context: z.enum(['machine', 'user']),
  bits,
  packageCode: guid.nullable(),
  packageName: z.string().nullable(),
};
const product = z.strictObject({
  ...productCore,
  folder: z.string().nullable(),
  missingFiles: z.array(z.string()),
  cached: z
    .strictObject({
      path: z.string(),
      name: z.string(),
      sha256,
      externalCabinets: z.array(z.string()),
      defaults: z.record(z.string(), z.record(z.string(), sha256)),
      webConfig: sha256.optional(),
      properties: z.array(z.string()),
    })
    .nullable(),
  damaged: z.strictObject({ path: z.string(), why: z.string() }).optional(),
});
const configFile = z.strictObject({
  path: z.string(),
  role: z.enum(['settings', 'responses', 'web.config', 'legacy']),
  sha256,
  values: z.record(z.string(), sha256),
  sddl: z.string(),
});
const folder = z.strictObject({
  path: z.string(),
  files: z.number(),
  logs: z.number(),
  content: sha256.optional(),
  rights: z.array(z.strictObject({ path: z.string(), sddl: z.string() })).optional(),
});
const hashOrNone = sha256.nullable();
const shared = z.strictObject({
  folder: z.string(),
  settingsName: z.string().nullable(),
  files: reading(z.array(configFile)),
  sddl: reading(z.string()),
  own: z
    .array(z.strictObject({ path: z.string(), from: hashOrNone, to: hashOrNone, assumed: z.literal(true).optional() }))
    .nullable(),
});
const kept = z.strictObject({
  files: z.array(z.strictObject({ path: z.string(), sha256 })),
  packages: z.array(sha256),
  host: z
    .strictObject({
      path: z.string(),
      sha256,
      sites: z.array(z.strictObject({ name: z.string(), application: z.string(), element: sha256 })),
      pools: z.array(z.strictObject({ name: z.string(), element: sha256 })),
    })
    .optional(),
});

const readerOnly = {
  schema: z.literal(1),
  takenAt: time,
  machine: reading(machine),
  restart: reading(restart),
  installer: reading(installer),
  features: reading(features),
  hosting: reading(hosting),
};

/** The document of facts, as `detect` prints it and the sandbox stores it. */
export const factsSchema = z.strictObject({
  ...readerOnly,
  iis: reading(iis.nullable()),
  products: reading(z.array(product)),
  config: reading(z.array(configFile)),
  folders: reading(z.array(folder)),
  shared: reading(shared.nullable()),
  kept: reading(kept),
}) satisfies z.ZodType<Facts>;

export const readerSchema = z.strictObject({
  ...readerOnly,
  iis: reading(
    z
      .strictObject({
        ...iisCore,
        siteStates: z.record(z.string(), runState),
        poolStates: z.record(z.string(), runState),
        workers: z.array(z.string()),
      })
      .nullable(),
  ),
  products: reading(
    z.array(
      z.strictObject({
        ...productCore,
        installLocation: z.string().nullable(),
        keyPaths: z.array(z.string()),
        localPackage: z.string().nullable(),
      }),
    ),
  ),
}) satisfies z.ZodType<ReaderDocument>;

/** What the reader answers when it is asked for the signature of one file. */
export const signatureSchema = z.strictObject({
  schema: z.literal(1),
  signature: reading(
    z.strictObject({
      status: z.string(),
      message: z.string(),
      subject: z.string().nullable(),
      thumbprint: z
        .string()
        .regex(/^[0-9A-F]{40}$/, 'is not a thumbprint')
        .nullable(),
    }),
  ),
}) satisfies z.ZodType<{ schema: 1; signature: Reading<Signature> }>;
