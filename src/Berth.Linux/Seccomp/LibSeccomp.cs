using System.Runtime.InteropServices;

namespace Berth.Linux.Seccomp;

/// <summary>libseccomp(3): seccomp_init, seccomp_arch_add, seccomp_rule_add_array, seccomp_export_bpf.</summary>
internal static partial class LibSeccomp
{
    /// <summary>What <see cref="seccomp_syscall_resolve_name"/> answers for a name that the library does not know.</summary>
    internal const int UnknownSystemCall = -1;

    private const string Library = "libseccomp.so.2";

    [LibraryImport(Library)]
    internal static partial nint seccomp_init(uint defaultAction);

    [LibraryImport(Library)]
    internal static partial void seccomp_release(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint seccomp_arch_resolve_name(string name);

    [LibraryImport(Library)]
    internal static partial int seccomp_arch_add(nint context, uint architecture);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int seccomp_syscall_resolve_name(string name);

    [LibraryImport(Library)]
    internal static partial int seccomp_rule_add_array(nint context, uint action, int systemCall, uint count, [In] SeccompCondition[] conditions);

    [LibraryImport(Library)]
    internal static partial int seccomp_export_bpf(nint context, int descriptor);
}
