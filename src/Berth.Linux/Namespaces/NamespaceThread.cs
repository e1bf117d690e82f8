using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Berth.Linux.Namespaces;

/// <summary>A thread that lives in another network namespace and does there what it is given, one thing after the other.</summary>
public sealed class NamespaceThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <exception cref="LinuxException">There is no namespace at <paramref name="path"/>.</exception>
    public NamespaceThread(string path)
    {
        _thread = new Thread(Live) { IsBackground = true, Name = "network namespace" };
        _thread.Start();
        try
        {
            Run(() => NetNamespace.Enter(path));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    public T Run<T>(Func<T> function)
    {
        if (Thread.CurrentThread == _thread)
        {
            return function();
        }

        T result = default!; // Set, or an exception is thrown below.
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    public void Dispose()
    {
        if (_work.IsAddingCompleted)
        {
            return;
        }

        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Live()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
