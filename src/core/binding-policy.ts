import type { BindingPolicy } from './facts.ts';

/** What http.sys has where nobody has asked for anything else. */
export const usualPolicy: BindingPolicy = {
  flags: 0,
  certCheckMode: 0,
  revocationFreshnessTime: 0,
  urlRetrievalTimeout: 0,
  ctlIdentifier: null,
  ctlStoreName: null,
};

/** The flags that netsh can set, with its words for them (HTTP_SERVICE_CONFIG_SSL_PARAM, netsh http add sslcert). */
const flagWords: readonly (readonly [bit: number, word: string])[] = [
  [0x1, 'dsmapperusage'],
  [0x2, 'clientcertnegotiation'],
  [0x8, 'reject'],
  [0x10, 'disablehttp2'],
  [0x20, 'disablequic'],
  [0x40, 'disabletls13'],
  [0x80, 'disableocspstapling'],
  [0x100, 'enabletokenbinding'],
  [0x200, 'logextendedevents'],
  [0x400, 'disablelegacytls'],
  [0x800, 'enablesessionticket'],
  [0x1000, 'disabletls12'],
];

/** How client certificates are checked; each bit turns the word to the value beside it. */
const checkWords: readonly (readonly [bit: number, word: string, value: 'enable' | 'disable'])[] = [
  [0x1, 'verifyclientcertrevocation', 'disable'],
  [0x2, 'verifyrevocationwithcachedclientcertonly', 'enable'],
  [0x10000, 'usagecheck', 'disable'],
];

/** That a freshness time is given: netsh sets it by itself. */
const hasFreshness = 0x4;

/**
 * The words by which netsh gives a binding its policy; none for the usual one. A word is given only where it says something: an older
 * netsh does not know the newer ones, and ends with 0 without having bound anything; 0 as a time is refused.
 */
export function policyWords(policy: BindingPolicy): readonly string[] {
  const { flags, certCheckMode, revocationFreshnessTime, urlRetrievalTimeout, ctlIdentifier, ctlStoreName } = policy;
  return [
    ...checkWords.filter(([bit]) => (certCheckMode & bit) !== 0).map(([, word, value]) => `${word}=${value}`),
    ...(revocationFreshnessTime > 0 ? [`revocationfreshnesstime=${revocationFreshnessTime}`] : []),
    ...(urlRetrievalTimeout > 0 ? [`urlretrievaltimeout=${urlRetrievalTimeout}`] : []),
    ...(ctlIdentifier === null ? [] : [`sslctlidentifier=${ctlIdentifier}`]),
    ...(ctlStoreName === null ? [] : [`sslctlstorename=${ctlStoreName}`]),
    ...flagWords.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => `${word}=enable`),
  ];
}

/** The policy that such words give; null where one of them is none of netsh's, or has no value that it takes. */
export function policyFrom(words: Readonly<Record<string, string>>): BindingPolicy | null {
  const known = [...flagWords, ...checkWords].map(([, word]) => word);
  const times = ['revocationfreshnesstime', 'urlretrievaltimeout'];
  const isTaken = ([word, value]: [string, string]) =>
    (known.includes(word) && /^(enable|disable)$/.test(value)) ||
    (times.includes(word) && /^[1-9]\d*$/.test(value)) ||
    ['sslctlidentifier', 'sslctlstorename'].includes(word);
  if (!Object.entries(words).every(isTaken)) return null;
  const freshness = Number(words.revocationfreshnesstime ?? 0);
  const checks = checkWords.filter(([, word, value]) => words[word] === value).map(([bit]) => bit);
  return {
    flags: sum(flagWords.filter(([, word]) => words[word] === 'enable').map(([bit]) => bit)),
    certCheckMode: sum([...checks, ...(freshness > 0 ? [hasFreshness] : [])]),
    revocationFreshnessTime: freshness,
    urlRetrievalTimeout: Number(words.urlretrievaltimeout ?? 0),
    ctlIdentifier: words.sslctlidentifier ?? null,
    ctlStoreName: words.sslctlstorename ?? null,
  };
}

/** Whether two bindings treat clients alike, as far as netsh can bring it about. */
export function isSamePolicy(left: BindingPolicy, right: BindingPolicy): boolean {
  return policyWords(left).join() === policyWords(right).join();
}

function sum(bits: readonly number[]): number {
  return bits.reduce((all, bit) => all | bit, 0);
}
