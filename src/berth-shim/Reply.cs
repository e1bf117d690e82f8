using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>Who asked, to be answered once; an asker that is gone meanwhile is answered into the void.</summary>
internal readonly record struct Reply(ControlConnection Connection, uint RequestId)
{
    public void Done(int value = 0) => Connection.Send(new ShimFrameWriter().Write(value).Complete(ShimMessage.Done, RequestId));

    public void Fail(string sentence) => Fail(new ShimFailure(IsRuntimeLog: false, sentence));

    public void Fail(ShimFailure failure) => Connection.Send(failure.Write().Complete(ShimMessage.Failed, RequestId));

    public void State(ShimState state) => Connection.Send(state.Write().Complete(ShimMessage.State, RequestId));
}
