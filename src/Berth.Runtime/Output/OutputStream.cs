namespace Berth.Runtime.Output;

/// <summary>Where output came from, numbered as in the Engine API's 8-byte headers.</summary>
public enum OutputStream : byte
{
    Stdout = 1,
    Stderr = 2,
}
