using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace ScimSetup.PowerShellEngine;

/// <summary>What a file or folder has from the folder it lies in (Windows: "ACE Inheritance Rules"; MS-DTYP 2.5.3.4).</summary>
[SupportedOSPlatform("windows")]
public static class Inheritance
{
    private const AceFlags Inheriting = AceFlags.ObjectInherit | AceFlags.ContainerInherit;

    /// <summary>The rights of files that the four generic rights stand for.</summary>
    private static readonly (int Generic, int Rights)[] FileRights =
    [
        (0x10000000, 0x1f01ff),
        (0x20000000, 0x1200a0),
        (0x40000000, 0x120116),
        (int.MinValue, 0x120089),
    ];

    /// <summary>Replaces what the child has inherited by what its folder hands down now.</summary>
    public static void Complete(RawSecurityDescriptor child, RawSecurityDescriptor folder, bool isFolder)
    {
        IEnumerable<GenericAce> own = child.DiscretionaryAcl!.Cast<GenericAce>().Where(ace => !ace.IsInherited);
        IEnumerable<GenericAce> inherited = folder.DiscretionaryAcl!.Cast<CommonAce>()
            .SelectMany(ace => HandDown(ace, child, isFolder));
        GenericAce[] all = [.. own, .. inherited];
        RawAcl complete = new(GenericAcl.AclRevision, all.Length);
        foreach (GenericAce ace in all)
        {
            complete.InsertAce(complete.Count, ace);
        }
        child.DiscretionaryAcl = complete;
        child.SetFlags(child.ControlFlags | ControlFlags.DiscretionaryAclAutoInherited);
    }

    private static IEnumerable<CommonAce> HandDown(CommonAce ace, RawSecurityDescriptor child, bool isFolder)
    {
        if (ace.AceFlags.HasFlag(AceFlags.NoPropagateInherit))
        {
            throw new NotSupportedException("The lab knows no rights that are handed down one level only.");
        }
        bool isForChild = ace.AceFlags.HasFlag(isFolder ? AceFlags.ContainerInherit : AceFlags.ObjectInherit);
        AceFlags onward = isFolder ? ace.AceFlags & Inheriting : AceFlags.None;
        CommonAce effective = Copy(ace, onward, Mapped(ace.AccessMask), Named(ace.SecurityIdentifier, child));
        bool isSame = effective.AccessMask == ace.AccessMask && effective.SecurityIdentifier == ace.SecurityIdentifier;
        CommonAce further = Copy(ace, onward | AceFlags.InheritOnly, ace.AccessMask, ace.SecurityIdentifier);
        return (isForChild, isSame, onward) switch
        {
            (true, true, _) => [effective],
            (true, false, AceFlags.None) => [effective],
            (true, false, _) => [Copy(effective, AceFlags.None, effective.AccessMask, effective.SecurityIdentifier), further],
            (false, _, AceFlags.None) => [],
            (false, _, _) => [further],
        };
    }

    private static CommonAce Copy(CommonAce ace, AceFlags flags, int mask, SecurityIdentifier who) =>
        new(flags | AceFlags.Inherited, ace.AceQualifier, mask, who, ace.IsCallback, ace.GetOpaque());

    private static int Mapped(int mask) =>
        FileRights.Aggregate(mask, (rights, one) => (rights & one.Generic) != 0 ? (rights & ~one.Generic) | one.Rights : rights);

    private static SecurityIdentifier Named(SecurityIdentifier who, RawSecurityDescriptor child) =>
        who.IsWellKnown(WellKnownSidType.CreatorOwnerSid) ? child.Owner!
        : who.IsWellKnown(WellKnownSidType.CreatorGroupSid) ? child.Group!
        : who;
}
