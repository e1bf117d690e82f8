using System.Runtime.InteropServices;

namespace Berth.Linux.Nftables;

/// <summary>libnftables(3).</summary>
internal static partial class LibNftables
{
    private const string Library = "libnftables.so.1";

    [LibraryImport(Library)]
    internal static partial nint nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    internal static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    internal static partial int nft_ctx_buffer_output(nint context);

    [LibraryImport(Library)]
    internal static partial int nft_ctx_buffer_error(nint context);

    [LibraryImport(Library)]
    internal static partial nint nft_ctx_get_output_buffer(nint context);

    [LibraryImport(Library)]
    internal static partial nint nft_ctx_get_error_buffer(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nft_run_cmd_from_buffer(nint context, string commands);
}
