using System.Text;
using Berth.Oci.Content;

namespace Berth.Oci.Tests.Content;

/// <summary>What every content store promises.</summary>
public abstract class ContentStoreContract
{
    private static readonly byte[] Hello = Encoding.ASCII.GetBytes("hello, layers");

    protected abstract IContentStore Store { get; }

    [Fact]
    public async Task A_committed_blob_is_read_back_as_it_was_written()
    {
        await using (Ingest ingest = Store.BeginIngest(Digest.Of(Hello)))
        {
            ingest.Write(Hello.AsSpan(0, 5));
            await ingest.WriteAsync(Hello.AsMemory(5), CancellationToken.None);
            Assert.Equal(Hello.Length, ingest.BytesWritten);
            Assert.Equal(Digest.Of(Hello), await ingest.CommitAsync(CancellationToken.None));
        }

        Assert.Equal(Hello.Length, Store.SizeOf(Digest.Of(Hello)));
        Assert.Equal(Hello, Read(Digest.Of(Hello)));
        Assert.Equal([Digest.Of(Hello)], Store.Enumerate());
    }

    [Fact]
    public async Task A_blob_without_an_expected_digest_gets_its_own()
    {
        await using Ingest ingest = Store.BeginIngest(null);
        ingest.Write(Hello);
        Digest digest = await ingest.CommitAsync(CancellationToken.None);
        Assert.Equal(Digest.Of(Hello), digest);
    }

    [Fact]
    public async Task A_sha512_digest_is_verified_and_kept_by_its_own_name()
    {
        Digest digest = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData(Hello));
        await using Ingest ingest = Store.BeginIngest(digest);
        ingest.Write(Hello);
        Assert.Equal(digest, await ingest.CommitAsync(CancellationToken.None));
        Assert.Equal(Hello, Read(digest));
        Assert.Null(Store.SizeOf(Digest.Of(Hello)));
    }

    [Fact]
    public async Task Content_that_is_not_what_was_expected_is_refused_and_not_stored()
    {
        Digest expected = Digest.Of("something else"u8);
        await using (Ingest ingest = Store.BeginIngest(expected))
        {
            ingest.Write(Hello);
            DigestMismatchException e = await Assert.ThrowsAsync<DigestMismatchException>(async () => await ingest.CommitAsync(CancellationToken.None));
            Assert.Equal(expected, e.Expected);
            Assert.Equal(Digest.Of(Hello), e.Actual);
        }

        Assert.Empty(Store.Enumerate());
    }

    [Fact]
    public async Task An_abandoned_ingest_leaves_nothing()
    {
        await using (Ingest ingest = Store.BeginIngest(Digest.Of(Hello)))
        {
            ingest.Write(Hello);
        }

        Assert.Null(Store.SizeOf(Digest.Of(Hello)));
        await using PartialIngest next = Store.ResumeIngest(Digest.Of(Hello));
        Assert.Equal(0, next.BytesWritten);
    }

    [Fact]
    public async Task A_cut_transfer_is_continued_where_it_was_cut()
    {
        await using (PartialIngest first = Store.ResumeIngest(Digest.Of(Hello)))
        {
            first.Write(Hello.AsSpan(0, 7));
        }

        await using (PartialIngest second = Store.ResumeIngest(Digest.Of(Hello)))
        {
            Assert.Equal(7, second.BytesWritten);
            var replayed = new List<byte>();
            await second.ReplayAsync((piece, _) =>
            {
                replayed.AddRange(piece.ToArray());
                return ValueTask.CompletedTask;
            }, CancellationToken.None);
            Assert.Equal(Hello[..7], replayed);
            second.Write(Hello.AsSpan(7));
            await second.CommitAsync(CancellationToken.None);
        }

        Assert.Equal(Hello, Read(Digest.Of(Hello)));
    }

    [Fact]
    public async Task Writing_behind_a_kept_beginning_needs_its_replay_first()
    {
        await using (PartialIngest first = Store.ResumeIngest(Digest.Of(Hello)))
        {
            first.Write(Hello.AsSpan(0, 7));
        }

        await using PartialIngest second = Store.ResumeIngest(Digest.Of(Hello));
        Assert.Throws<InvalidOperationException>(() => second.Write(Hello.AsSpan(7)));
    }

    [Fact]
    public async Task A_restarted_transfer_begins_with_nothing()
    {
        await using (PartialIngest first = Store.ResumeIngest(Digest.Of(Hello)))
        {
            first.Write("wrong"u8);
            first.Restart();
            Assert.Equal(0, first.BytesWritten);
            first.Write(Hello);
            await first.CommitAsync(CancellationToken.None);
        }

        Assert.Equal(Hello, Read(Digest.Of(Hello)));
    }

    [Fact]
    public async Task A_damaged_beginning_is_found_out_and_forgotten()
    {
        await using (PartialIngest first = Store.ResumeIngest(Digest.Of(Hello)))
        {
            first.Write("not the same"u8);
        }

        await using (PartialIngest second = Store.ResumeIngest(Digest.Of(Hello)))
        {
            await Assert.ThrowsAsync<DigestMismatchException>(async () => await second.CommitAsync(CancellationToken.None));
        }

        await using PartialIngest third = Store.ResumeIngest(Digest.Of(Hello));
        Assert.Equal(0, third.BytesWritten);
    }

    [Fact]
    public async Task One_blob_is_transferred_by_one_at_a_time()
    {
        await using (PartialIngest first = Store.ResumeIngest(Digest.Of(Hello)))
        {
            Assert.Throws<InvalidOperationException>(() => Store.ResumeIngest(Digest.Of(Hello)));
        }

        await using PartialIngest second = Store.ResumeIngest(Digest.Of(Hello));
        Assert.Equal(0, second.BytesWritten);
    }

    [Fact]
    public async Task The_same_blob_may_be_stored_twice()
    {
        await Store.WriteAsync(Hello, CancellationToken.None);
        await using Ingest again = Store.BeginIngest(Digest.Of(Hello));
        again.Write(Hello);
        await again.CommitAsync(CancellationToken.None);
        Assert.Single(Store.Enumerate());
    }

    [Fact]
    public async Task A_removed_blob_is_gone_and_removing_it_again_is_no_error()
    {
        Digest digest = await Store.WriteAsync(Hello, CancellationToken.None);
        Store.Delete(digest);
        Store.Delete(digest);
        Assert.Null(Store.SizeOf(digest));
        Assert.Throws<FileNotFoundException>(() => Store.OpenRead(digest));
    }

    [Fact]
    public void A_blob_that_never_was_is_not_found() =>
        Assert.Throws<FileNotFoundException>(() => Store.OpenRead(Digest.FromSha512(new byte[64])));

    private byte[] Read(Digest digest)
    {
        using Stream stream = Store.OpenRead(digest);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}

public sealed class MemoryContentStoreTests : ContentStoreContract
{
    protected override IContentStore Store { get; } = new MemoryContentStore();
}
