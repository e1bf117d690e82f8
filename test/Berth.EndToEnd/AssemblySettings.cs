// Two cores are the smallest machine that the suite has to pass on in time.
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]
