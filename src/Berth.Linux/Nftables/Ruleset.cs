using System.Runtime.InteropServices;
using static Berth.Linux.Nftables.LibNftables;

namespace Berth.Linux.Nftables;

/// <summary>The nftables ruleset of one network namespace: the one of the thread that opened this, for good.</summary>
/// <remarks>A context of libnftables serves one thread at a time, hence the lock.</remarks>
public sealed class Ruleset : IDisposable
{
    private readonly Lock _lock = new();
    private nint _context;

    /// <exception cref="NftException">The library is missing or cannot be used.</exception>
    public Ruleset()
    {
        try
        {
            _context = nft_ctx_new(0);
        }
        catch (DllNotFoundException e)
        {
            throw new NftException($"libnftables.so.1 cannot be loaded, install the package libnftables1: {e.Message}", "");
        }

        if (_context == 0 || nft_ctx_buffer_output(_context) != 0 || nft_ctx_buffer_error(_context) != 0)
        {
            Dispose();
            throw new NftException("no context", "");
        }
    }

    /// <summary>Carries out <paramref name="commands"/>, in the language of nft(8), all or none.</summary>
    /// <returns>What nft would print.</returns>
    /// <exception cref="NftException">The kernel or the library refused.</exception>
    public string Run(string commands)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_context == 0, this);
            int result = nft_run_cmd_from_buffer(_context, commands);

            // Both must be read: reading empties them for the next run.
            string output = Marshal.PtrToStringUTF8(nft_ctx_get_output_buffer(_context)) ?? "";
            string error = Marshal.PtrToStringUTF8(nft_ctx_get_error_buffer(_context)) ?? "";
            return result == 0 ? output : throw new NftException(FirstLine(error), commands);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_context != 0)
            {
                nft_ctx_free(_context);
                _context = 0;
            }
        }
    }

    private static string FirstLine(string error)
    {
        string line = error.Split('\n', 2)[0].Trim();
        return line.Length == 0 ? "refused without a reason" : line;
    }
}
