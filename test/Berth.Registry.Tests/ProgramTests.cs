using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Oci.Distribution;
using Berth.TestHost;

namespace Berth.Registry.Tests;

/// <summary>The program as a user starts and ends it.</summary>
public sealed class ProgramTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "berth-registry");

    [Fact]
    public async Task A_usage_error_goes_to_standard_error_with_exit_code_2()
    {
        CommandResult result = await ChildProcess.RunAsync(Program, ["serve", "--bogus"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal("berth-registry: unknown flag: --bogus\nSee 'berth-registry --help'.\n", result.Error);
    }

    [Fact]
    public async Task Help_goes_to_standard_output()
    {
        CommandResult result = (await ChildProcess.RunAsync(Program, ["--help"])).Succeeds();
        Assert.StartsWith("Usage:  berth-registry serve [OPTIONS]", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_address_is_one_sentence()
    {
        await using RegistryUnderTest registry = await RegistryUnderTest.StartAsync();
        using var scratch = new ScratchDirectory();
        CommandResult result = await ChildProcess.RunAsync(Program, ["serve", "--addr", registry.Authority, "--root", scratch.File("root")]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("address already in use", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_under_way_is_finished_before_the_program_ends()
    {
        using var scratch = new ScratchDirectory();
        using Process process = ChildProcess.Start(Program, ["serve", "--addr", "127.0.0.1:0", "--root", scratch.File("root")]);
        string line = (await process.StandardOutput.ReadLineAsync())!;
        using var http = new HttpClient { BaseAddress = new Uri(line["listening on ".Length..]) };
        byte[] content = new byte[200_000];
        var gate = new TaskCompletionSource();
        Task<HttpResponseMessage> push = http.PostAsync(
            $"/v2/a/blobs/uploads/?digest={Berth.Oci.Digest.Of(content)}", new GatedContent(content, gate));
        while (!Directory.EnumerateFiles(Path.Combine(scratch.File("root"), "uploads")).Any())
        {
            await Task.Delay(5);
        }

        using Process kill = ChildProcess.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        await StopsListeningAsync(http.BaseAddress.Port).WaitAsync(TimeSpan.FromSeconds(60));
        gate.SetResult();

        Assert.Equal(HttpStatusCode.Created, (await push).StatusCode);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_tls_and_our_client_checks_whom_it_talks_to()
    {
        using var scratch = new ScratchDirectory();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=registry.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(scratch.File("cert.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(scratch.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        await using RegistryApp registry = await RegistryApp.StartAsync(
            new RegistryOptions
            {
                Address = new IPEndPoint(IPAddress.Loopback, 0),
                TlsCertificate = scratch.File("cert.pem"),
                TlsKey = scratch.File("key.pem"),
            },
            CancellationToken.None);
        Assert.Equal("https", registry.Address.Scheme);

        // On loopback any certificate does, as with dockerd; a client that verifies refuses this one.
        using var connector = new RegistryConnector(TimeProvider.System);
        using RegistryClient client = await connector.ConnectAsync(registry.Address.Authority, "a", null, insecure: false, CancellationToken.None);
        await client.PingAsync(CancellationToken.None);
        Assert.Equal("https", client.Endpoint.BaseAddress.Scheme);
        using var strict = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => strict.GetAsync(new Uri(registry.Address, "/v2/")));
    }

    private static async Task StopsListeningAsync(int port)
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                await Task.Delay(5);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Sends its first half, and the rest when the gate opens.</summary>
    private sealed class GatedContent(byte[] content, TaskCompletionSource gate) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(content.AsMemory(0, content.Length / 2));
            await stream.FlushAsync();
            await gate.Task;
            await stream.WriteAsync(content.AsMemory(content.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
