using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Shim;

// Started by the daemon only (Berth.Runtime, Shim/ShimLauncher.cs), with a connected socket as descriptor 3 and perhaps the runtime's program as 4.
const int inheritedSocket = 3;

if (!SignalCalls.IsBlocked(SignalCalls.SIGCHLD))
{
    // The runtime has threads by now that would swallow the signal: only who starts the program can block it for all.
    ShimLog.Write("berth-shim is started by berthd and does nothing by itself");
    return 2;
}

// A system that shuts down sends these to all: the containers get theirs from whoever stops them, and the shim records how they end.
foreach (int signal in (int[])[SignalCalls.SIGHUP, SignalCalls.SIGINT, SignalCalls.SIGTERM, SignalCalls.SIGPIPE])
{
    SignalCalls.Ignore(signal);
}

ProcessCalls.BecomeSubreaper();
using var shim = new ShimServer(new Descriptor(inheritedSocket));
shim.Run();
return 0;
