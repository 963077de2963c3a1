using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ScimSetup.PowerShellEngine;

/// <summary>The commands of Windows' own modules that the shipped scripts use, and no more.</summary>
public static class SuppliedCommands
{
    public static SessionStateCommandEntry[] All { get; } =
    [
        new SessionStateCmdletEntry("New-Object", typeof(NewObjectCommand), null),
        new SessionStateCmdletEntry("Get-CimInstance", typeof(GetCimInstanceCommand), null),
        new SessionStateCmdletEntry("Get-WindowsOptionalFeature", typeof(GetWindowsOptionalFeatureCommand), null),
        new SessionStateCmdletEntry("Get-AuthenticodeSignature", typeof(GetAuthenticodeSignatureCommand), null),
    ];
}

/// <summary>New-Object of the module Utility, for .NET types.</summary>
[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string TypeName { get; set; } = "";

    [Parameter(Position = 1)]
    public object[] ArgumentList { get; set; } = [];

    protected override void ProcessRecord()
    {
        if (SessionState.LanguageMode != PSLanguageMode.FullLanguage)
        {
            throw new InvalidOperationException($"Cannot create type {TypeName} in this language mode.");
        }
        ScriptBlock create = ScriptBlock.Create("param($type, $arguments) ,$type::new.Invoke($arguments)");
        Type type = (Type)LanguagePrimitives.ConvertTo(TypeName, typeof(Type), null);
        if (OperatingSystem.IsWindows() && LabRights.AreSimulated && LabFileSystem.Reads(type, ArgumentList))
        {
            WriteObject(LabFileSystem.Read(type, ArgumentList));
            return;
        }
        foreach (PSObject made in create.Invoke(type, ArgumentList))
        {
            WriteObject(made, enumerateCollection: false);
        }
    }
}

/// <summary>Get-CimInstance of the module CimCmdlets, answered from the lab's file.</summary>
[Cmdlet(VerbsCommon.Get, "CimInstance")]
public sealed class GetCimInstanceCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string ClassName { get; set; } = "";

    [Parameter]
    public string Filter { get; set; } = "";

    [Parameter]
    public string[] Property { get; set; } = [];

    protected override void ProcessRecord()
    {
        Func<Hashtable, bool> filter = CimFilter.Parse(Filter);
        foreach (Hashtable instance in LabAnswers.Instances(ClassName).Where(filter))
        {
            WriteObject(LabAnswers.AsObject(instance, Property));
        }
    }
}

/// <summary>Get-WindowsOptionalFeature of the module DISM, answered from the lab's file.</summary>
[Cmdlet(VerbsCommon.Get, "WindowsOptionalFeature")]
public sealed class GetWindowsOptionalFeatureCommand : PSCmdlet
{
    [Parameter(Mandatory = true)]
    public SwitchParameter Online { get; set; }

    protected override void ProcessRecord()
    {
        foreach (Hashtable feature in LabAnswers.Instances("OptionalFeatures"))
        {
            WriteObject(LabAnswers.AsObject(feature, []));
        }
    }
}

/// <summary>Get-AuthenticodeSignature of the module Security, answered from the file's bytes and the lab's file.</summary>
[Cmdlet(VerbsCommon.Get, "AuthenticodeSignature")]
public sealed class GetAuthenticodeSignatureCommand : PSCmdlet
{
    [Parameter(Mandatory = true)]
    public string LiteralPath { get; set; } = "";

    protected override void ProcessRecord() => WriteObject(LabSignatures.Of(LiteralPath));
}
