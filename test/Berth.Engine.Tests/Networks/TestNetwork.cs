using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Engine.Events;
using Berth.Engine.Networks;
using Berth.Linux.Namespaces;
using Berth.Linux.Netlink;
using Berth.TestHost;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Tests.Networks;

/// <summary>
/// A host of its own for one test: a namespace that plays the machine, with an uplink to another one that plays its neighbour,
/// and a <see cref="NetworkService"/> that believes it runs there. Nothing of it can be seen outside.
/// </summary>
internal sealed class TestNetwork : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly List<IDisposable> _disposables = [];
    private readonly List<string> _pins = [];

    public static readonly IPAddress HostAddress = IPAddress.Parse("198.51.100.1");
    public static readonly IPAddress NeighbourAddress = IPAddress.Parse("198.51.100.2");

    public TestNetwork(Func<EngineOptions, EngineOptions>? configure = null)
    {
        (HostPath, NeighbourPath) = (_scratch.File("host"), _scratch.File("neighbour"));
        Pin(HostPath);
        Pin(NeighbourPath);
        ConnectNeighbour();
        Options = Configure(configure);
        Start();
    }

    /// <summary>A second daemon on the same host.</summary>
    public TestNetwork(TestNetwork owner, Func<EngineOptions, EngineOptions> configure)
    {
        (HostPath, NeighbourPath) = (owner.HostPath, owner.NeighbourPath);
        Options = Configure(configure);
        Start();
    }

    public string HostPath { get; }
    public string NeighbourPath { get; }
    public EngineOptions Options { get; private set; }
    public EnginePaths Paths { get; private set; } = null!;
    public StateStore Store { get; private set; } = null!;
    public EventBus Events { get; private set; } = null!;
    public HostNetwork Host { get; private set; } = null!;
    public NetworkService Service { get; private set; } = null!;

    public async Task<TestNetwork> RestoredAsync()
    {
        await Service.RestoreAsync(CancellationToken.None);
        await Service.AdoptAsync([], CancellationToken.None);
        return this;
    }

    /// <summary>What a crash and a new daemon do: all that was held is gone, all that the kernel and the disk have stays.</summary>
    public void Restart(Func<EngineOptions, EngineOptions>? configure = null)
    {
        Stop();
        Options = configure?.Invoke(Options) ?? Options;
        Start();
    }

    public SandboxRequest Request(string name, string network = "bridge", params (string Port, string HostPort)[] ports) =>
        RequestAt(name, network, [.. ports.Select(p => (p.Port, "", p.HostPort))]);

    public SandboxRequest RequestAt(string name, string network, params (string Port, string HostIp, string HostPort)[] ports)
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        Directory.CreateDirectory(Paths.Container(id));
        return new SandboxRequest
        {
            ContainerId = id,
            ContainerName = name,
            Hostname = id[..12],
            NetworkMode = network,
            Endpoints = new Dictionary<string, EndpointSettings> { [network] = new() },
            PortBindings = ports.GroupBy(p => p.Port).ToDictionary(
                g => g.Key,
                g => (IReadOnlyList<PortBinding>?)[.. g.Select(p => new PortBinding { HostIp = p.HostIp, HostPort = p.HostPort })]),
        };
    }

    public Task<Sandbox> RunAsync(string name, string network = "bridge", params (string Port, string HostPort)[] ports) =>
        Service.CreateSandboxAsync(Request(name, network, ports), CancellationToken.None);

    public T InHost<T>(Func<T> function) => NetNamespace.RunInside(HostPath, function);

    public T InNeighbour<T>(Func<T> function) => NetNamespace.RunInside(NeighbourPath, function);

    public static T In<T>(Sandbox sandbox, Func<T> function) => NetNamespace.RunInside(sandbox.NamespacePath!, function);

    public static IPAddress AddressOf(Sandbox sandbox, string network = "bridge") => IPAddress.Parse(sandbox.Endpoints[network].IPAddress);

    /// <summary>A TCP server that tells each client what address it comes from.</summary>
    public void ServeTcp(string namespacePath, int port, string name) => ServeTcp(namespacePath, IPAddress.Any, port, name);

    public void ServeTcp(string namespacePath, IPAddress address, int port, string name)
    {
        TcpListener listener = NetNamespace.RunInside(namespacePath, () =>
        {
            var made = new TcpListener(address, port);
            made.Start();
            return made;
        });
        _disposables.Add(listener);
        _ = AcceptAsync(listener, name);
    }

    public void ServeUdp(string namespacePath, int port, string name)
    {
        Socket socket = NetNamespace.RunInside(namespacePath, () =>
        {
            var made = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            made.Bind(new IPEndPoint(IPAddress.Any, port));
            return made;
        });
        _disposables.Add(socket);
        _ = EchoAsync(socket, name);
    }

    /// <summary>Connects and reads what the server says; null when nobody answers.</summary>
    public static string? TryCall(IPAddress address, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        IAsyncResult attempt = socket.BeginConnect(address, port, null, null);
        if (!attempt.AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(700)))
        {
            return null;
        }

        try
        {
            socket.EndConnect(attempt);
            socket.ReceiveTimeout = 5000;
            byte[] buffer = new byte[200];
            return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public static string? TryAskUdp(Socket socket, IPAddress address, int port)
    {
        socket.SendTo(Encoding.ASCII.GetBytes("who"), new IPEndPoint(address, port));
        socket.ReceiveTimeout = 700;
        byte[] buffer = new byte[200];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (IDisposable disposable in _disposables)
        {
            disposable.Dispose();
        }

        Stop();
        foreach (string pin in Directory.GetFiles(Paths.NetworkNamespaces).Concat(_pins))
        {
            NetNamespace.Delete(pin);
        }

        _scratch.Dispose();
    }

    private EngineOptions Configure(Func<EngineOptions, EngineOptions>? configure)
    {
        var options = new EngineOptions { DataRoot = _scratch.File("data"), ExecRoot = _scratch.File("exec") };
        return configure?.Invoke(options) ?? options;
    }

    private void Start()
    {
        Paths = new EnginePaths(Options);
        Paths.Create();
        Store = StateStore.Open(Paths.StateDatabase);
        Events = new EventBus(TimeProvider.System);
        Host = new HostNetwork(HostPath);
        Service = new NetworkService(
            Options, Paths, Store, Events, TimeProvider.System, NullLoggerFactory.Instance, new NftFirewall(Options, Host, NullLoggerFactory.Instance), Host);
    }

    private void Stop()
    {
        Service.Dispose();
        Host.Dispose();
        Store.Dispose();
    }

    private void Pin(string path)
    {
        NetNamespace.Create(path, _ =>
        {
            using NetlinkSocket netlink = NetlinkSocket.OpenRoute();
            var batch = new NetlinkBatch();
            batch.SetUp("lo");
            netlink.Execute(batch);
            return true;
        });
        _pins.Add(path);
    }

    /// <summary>The uplink is a bridge with one cable, so that it can be made with what the product has.</summary>
    private void ConnectNeighbour()
    {
        using SafeFileHandle neighbour = NetNamespace.Open(NeighbourPath);
        using NetlinkSocket here = InHost(NetlinkSocket.OpenRoute);
        using NetlinkSocket there = InNeighbour(NetlinkSocket.OpenRoute);
        var bridge = new NetlinkBatch();
        bridge.AddBridge("uplink", PhysicalAddress.Parse("02:00:00:00:00:01"), 1500);
        here.Execute(bridge);
        int index = here.FindLink("uplink")!.Index;
        var cable = new NetlinkBatch();
        cable.AddAddress(index, HostAddress, 24, IPAddress.Parse("198.51.100.255"));
        cable.AddVeth(
            new VethPair { Name = "wire", BridgeIndex = index, PeerName = "eth0", PeerMac = PhysicalAddress.Parse("02:00:00:00:00:02"), Mtu = 1500 },
            neighbour);
        here.Execute(cable);
        var address = new NetlinkBatch();
        address.AddAddress(there.FindLink("eth0")!.Index, NeighbourAddress, 24, IPAddress.Parse("198.51.100.255"));
        address.SetUp("eth0");
        address.ReplaceDefaultRoute(HostAddress);
        there.Execute(address);
        var up = new NetlinkBatch();
        up.SetUp("wire");
        here.Execute(up);
    }

    private static async Task AcceptAsync(TcpListener listener, string name)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptSocketAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)client.RemoteEndPoint!).Address}"));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(Socket socket, string name)
    {
        byte[] buffer = new byte[200];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await socket.SendToAsync(Encoding.ASCII.GetBytes(name), received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
