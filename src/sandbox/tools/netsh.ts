import { isSamePolicy, policyFrom, usualPolicy } from '../../core/binding-policy.ts';
import type { CertificateBinding } from '../../core/facts.ts';
import { changeIis, iisNow } from '../iis.ts';
import { elapse, type Server } from '../server.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

/** `netsh.exe http add|delete sslcert`: the bindings of http.sys, by address or by host name (learn.microsoft.com: netsh http). */
export const netsh: Tool = async (server, args) => {
  const [context, verb, object, ...words] = args.map((word) => word.toLowerCase());
  const isKnown = context === 'http' && object === 'sslcert' && (verb === 'add' || verb === 'delete');
  const given = Object.fromEntries(words.map((word) => word.split('=', 2)));
  const endpoint = given.ipport ?? given.hostnameport;
  if (!isKnown || endpoint === undefined) throw new UnknownCall('netsh', args.join(' '));
  elapse(server, 500);
  return verb === 'add' ? add(server, endpoint, given, args) : remove(server, endpoint);
};

function bindings(server: Server): readonly CertificateBinding[] {
  return iisNow(server)?.certificates ?? [];
}

function add(server: Server, endpoint: string, given: Record<string, string>, args: readonly string[]): Ended {
  const {
    ipport: _ipport,
    hostnameport: _hostnameport,
    certhash = '',
    appid = '',
    certstorename = '',
    ...words
  } = given;
  const policy = policyFrom(withOwnCase(words, args));
  const isNamed = /^[0-9a-f]{40}$/.test(certhash) && /^\{[0-9a-f-]{36}\}$/.test(appid) && certstorename !== '';
  if (!isNamed || policy === null) throw new UnknownCall('netsh', args.join(' '));
  if (bindings(server).some((one) => one.endpoint.toLowerCase() === endpoint))
    return failed('SSL Certificate add failed, Error: 183');
  const store = args.find((word) => /^certstorename=/i.test(word))?.slice('certstorename='.length) ?? '';
  const added = {
    endpoint,
    thumbprint: certhash.toUpperCase(),
    store,
    appId: appid.toUpperCase(),
    present: true,
    ...(isSamePolicy(policy, usualPolicy) ? {} : { policy }),
  };
  changeIis(server, ({ certificates }) => ({ certificates: [...certificates, added] }));
  return { code: 0, output: 'SSL Certificate successfully added\r\n' };
}

/** The names of lists of issuers are written as they are. */
function withOwnCase(words: Readonly<Record<string, string>>, args: readonly string[]): Record<string, string> {
  const given = new Map(args.map((arg) => [arg.split('=', 1)[0]?.toLowerCase(), arg.slice(arg.indexOf('=') + 1)]));
  return Object.fromEntries(Object.entries(words).map(([word, value]) => [word, given.get(word) ?? value]));
}

function remove(server: Server, endpoint: string): Ended {
  const rest = bindings(server).filter((one) => one.endpoint.toLowerCase() !== endpoint);
  if (rest.length === bindings(server).length) return failed('SSL Certificate deletion failed, Error: 2');
  changeIis(server, () => ({ certificates: rest }));
  return { code: 0, output: 'SSL Certificate successfully deleted\r\n' };
}

/** netsh ends with 1 whatever went wrong. */
function failed(text: string): Ended {
  return { code: 1, output: `${text}\r\n` };
}
