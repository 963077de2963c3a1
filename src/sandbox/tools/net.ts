import { iisNow, startWas, startWebServices, stopWebServices } from '../iis.ts';
import { elapse } from '../server.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

const calls: Readonly<
  Record<string, { readonly service: 'WAS' | 'W3SVC'; readonly isStart: boolean; readonly run: typeof startWas }>
> = {
  'stop was /y': { service: 'WAS', isStart: false, run: stopWebServices },
  'start was': { service: 'WAS', isStart: true, run: startWas },
  'start w3svc': { service: 'W3SVC', isStart: true, run: startWebServices },
};

/** `net.exe` as far as IIS is restarted with it: WAS is stopped with what depends on it, W3SVC or WAS are started. */
export const net: Tool = async (server, args) => {
  const call = calls[args.join(' ').toLowerCase()];
  if (!call) throw new UnknownCall('net', args.join(' '));
  const service = iisNow(server)?.services[call.service];
  if (!service) return failed('The service name is invalid.');
  if ((service.state === 'running') === call.isStart) {
    return failed(call.isStart ? 'The requested service has already been started.' : 'The service is not started.');
  }
  elapse(server, 2_000);
  call.run(server);
  return {
    code: 0,
    output: `The ${call.service} service was ${call.isStart ? 'started' : 'stopped'} successfully.\r\n`,
  };
};

/** net.exe ends with 2 whatever went wrong. */
function failed(text: string): Ended {
  return { code: 2, output: `${text}\r\n` };
}
