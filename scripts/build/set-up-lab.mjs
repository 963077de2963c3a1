import { Stop, say } from './children.mjs';
import { debianPackages } from './debian-packages.mjs';
import { labTemplate } from './lab.mjs';
import { missingDotnet, powershellEngine } from './powershell-engine.mjs';
import { windowsNode } from './windows-node.mjs';

/** Makes sure of all that the lab and the PowerShell tests need; what we may not install is a Stop with the command. */
export function setUpLab() {
  debianPackages();
  const dotnet = missingDotnet();
  if (dotnet) throw new Stop(`The PowerShell engine needs the .NET 10 SDK. On Debian or Ubuntu: sudo ${dotnet}`);
  say('Setting up the PowerShell engine and the lab, unless they are there ...');
  powershellEngine({ runtime: 'linux-x64' });
  windowsNode();
  labTemplate();
}
