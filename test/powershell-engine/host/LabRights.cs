using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text.Json;

namespace ScimSetup.PowerShellEngine;

/// <summary>
/// The access rights of the simulated server's files, which Wine does not keep: the JSON file named by SCIM_SETUP_LAB_ACLS,
/// {"path in lower case": "SDDL"}, holds what was set. Whatever it does not name inherits from its folder, as NTFS does it
/// for a file that an elevated administrator has made. The file need not exist before something is set.
/// </summary>
[SupportedOSPlatform("windows")]
public static class LabRights
{
    public const string Variable = "SCIM_SETUP_LAB_ACLS";

    private const string Created = "O:BAG:SY";
    private static readonly SecurityIdentifier Administrators = new(WellKnownSidType.BuiltinAdministratorsSid, null);

    /// <summary>What Windows Server gives these folders, as icacls shows it there; S-1-5-32-568 is IIS_IUSRS.</summary>
    private static readonly Dictionary<string, string> Roots = new()
    {
        [@"c:\programdata"] = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)",
        [@"c:\inetpub"] = "O:SYG:SYD:PAI(A;;FA;;;SY)(A;OICIIO;GA;;;SY)(A;;FA;;;BA)(A;OICIIO;GA;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)",
        [@"c:\inetpub\wwwroot"] = "O:SYG:SYD:AI(A;;0x1200a9;;;S-1-5-32-568)(A;OICIIO;GXGR;;;S-1-5-32-568)",
    };

    public static bool AreSimulated => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Owner, group and DACL of a file or folder as SDDL.</summary>
    public static string Of(string path)
    {
        string full = NameOf(path);
        return Path.Exists(full)
            ? Find(full, Directory.Exists(full), Recorded()).GetSddlForm(AccessControlSections.All)
            : throw new FileNotFoundException($"There is no file {path}.", path);
    }

    /// <summary>Records what SetNamedSecurityInfo would change: of the given sections those that the descriptor has.</summary>
    public static void Set(string path, CommonObjectSecurity given, AccessControlSections sections)
    {
        RawSecurityDescriptor changed = new(Of(path));
        if (sections.HasFlag(AccessControlSections.Audit))
        {
            throw new NotSupportedException("The lab keeps no auditing rules.");
        }
        if (sections.HasFlag(AccessControlSections.Owner) && Owner(given) is { } owner)
        {
            changed.Owner = CheckOwner(owner);
        }
        if (sections.HasFlag(AccessControlSections.Group) && Group(given) is { } group)
        {
            changed.Group = group;
        }
        if (sections.HasFlag(AccessControlSections.Access))
        {
            RawSecurityDescriptor access = new(given.GetSecurityDescriptorSddlForm(AccessControlSections.Access));
            changed.DiscretionaryAcl = access.DiscretionaryAcl;
            // Windows marks the DACL so whenever it was set by this function (MS-DTYP 2.4.6, the control bit DI).
            changed.SetFlags(access.ControlFlags | ControlFlags.DiscretionaryAclAutoInherited);
            Inherit(changed, NameOf(path), Directory.Exists(path), Recorded());
        }
        Record(NameOf(path), changed.GetSddlForm(AccessControlSections.All));
    }

    private static RawSecurityDescriptor Find(string path, bool isFolder, Dictionary<string, string> recorded)
    {
        string? own = recorded.GetValueOrDefault(path) ?? Roots.GetValueOrDefault(path);
        RawSecurityDescriptor found = new(own ?? $"{Created}D:AI");
        Inherit(found, path, isFolder, recorded);
        return found;
    }

    /// <summary>A protected DACL takes nothing from its folder, any other all that the folder hands down now.</summary>
    private static void Inherit(RawSecurityDescriptor child, string path, bool isFolder, Dictionary<string, string> recorded)
    {
        if (child.ControlFlags.HasFlag(ControlFlags.DiscretionaryAclProtected))
        {
            return;
        }
        string folder = Path.GetDirectoryName(path)
            ?? throw new InvalidOperationException($"The lab does not know the rights of {path}.");
        Inheritance.Complete(child, Find(folder, true, recorded), isFolder);
    }

    /// <summary>Without the privilege of restoring, which nobody switches on, an administrator may name no other owner.</summary>
    private static SecurityIdentifier CheckOwner(SecurityIdentifier owner) =>
        owner == Administrators
            ? owner
            : throw new InvalidOperationException("The security identifier is not allowed to be the owner of this object.");

    private static SecurityIdentifier? Owner(CommonObjectSecurity given) =>
        (SecurityIdentifier?)given.GetOwner(typeof(SecurityIdentifier));

    private static SecurityIdentifier? Group(CommonObjectSecurity given) =>
        (SecurityIdentifier?)given.GetGroup(typeof(SecurityIdentifier));

    private static string NameOf(string path) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)).ToLowerInvariant();

    private static string RecordFile() =>
        Environment.GetEnvironmentVariable(Variable)
            ?? throw new InvalidOperationException($"There are no simulated rights: {Variable} is not set.");

    private static Dictionary<string, string> Recorded() =>
        File.Exists(RecordFile())
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(RecordFile()))!
            : [];

    /// <summary>Another process may read at the same time, so the file is replaced as a whole.</summary>
    private static void Record(string path, string sddl)
    {
        Dictionary<string, string> recorded = Recorded();
        recorded[path] = sddl;
        string draft = $"{RecordFile()}.{Environment.ProcessId}";
        File.WriteAllText(draft, JsonSerializer.Serialize(recorded));
        File.Move(draft, RecordFile(), overwrite: true);
    }
}
