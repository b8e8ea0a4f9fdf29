%% The same workloads on the BEAM.
%%
%%   erl -run beamlet_bench main WORKLOAD grow START TARGET_NS
%%   erl -run beamlet_bench main WORKLOAD fixed WARM N
%%
%% prints one line of JSON: a sample, as in measure.ts.
-module(beamlet_bench).
-export([main/1]).

main([Name, Kind, A, B]) ->
    Run = fun(N) -> in_fresh_process(fun() -> workload(list_to_atom(Name), N) end) end,
    Sample = measure(Kind, Run, list_to_integer(A), list_to_integer(B)),
    io:format("{~s}~n", [lists:join(",", [io_lib:format("\"~s\":~w", [Key, Value]) || {Key, Value} <- Sample])]),
    halt().

%% Heap and mailbox are as they are in a process's first run.
in_fresh_process(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({result, Fun()}) end),
    receive
        {'DOWN', Ref, process, Pid, {result, Result}} -> Result;
        {'DOWN', Ref, process, Pid, Reason} -> exit(Reason)
    end.

measure("fixed", Run, Warm, N) ->
    Run(Warm),
    Run(N);
measure("grow", Run, N, Target) ->
    Sample = Run(N),
    case proplists:get_value(ns, Sample) of
        %% A second run of that size counts: the first may have been the first to need so much memory.
        Ns when Ns >= Target -> Run(N);
        Ns -> measure("grow", Run, ceil(N * min(10, max(1.2, 1.25 * Target / Ns))), Target)
    end.

timed(Ops, Fun) ->
    Started = erlang:monotonic_time(nanosecond),
    Fun(),
    [{ops, Ops}, {ns, since(Started)}].

since(Started) -> erlang:monotonic_time(nanosecond) - Started.

workload(ping_pong, N) -> timed(N, fun() -> pinger(N) end);
workload(thread_ring_100, N) -> timed(N, fun() -> ring(100, N) end);
workload(counting, N) -> timed(N, fun() -> produce(N) end);
workload(spawn_exit, N) ->
    Batches = (N + 999) div 1000,
    timed(Batches * 1000, fun() -> [fork(1000) || _ <- lists:seq(1, Batches)] end);
workload(fork_join_create, N) -> timed(N, fun() -> fork(N) end);
workload(skynet, N) -> timed((N * 10 - 1) div 9, fun() -> tree(N) end);
workload(spawn_idle, N) -> idle(N);
workload(selective_tag, N) ->
    [self() ! {other, I} || I <- lists:seq(1, 10000)],
    timed(N, fun() -> select_tag(N) end).

%% ping_pong

ponger() ->
    receive
        {ping, From} -> From ! pong, ponger();
        stop -> ok
    end.

pinger(N) ->
    Other = spawn(fun ponger/0),
    ping(N, Other),
    Other ! stop.

ping(0, _) -> ok;
ping(N, Other) ->
    Other ! {ping, self()},
    receive pong -> ping(N - 1, Other) end.

%% thread_ring

link_(Next, Main) ->
    receive
        {next, Pid} -> link_(Pid, Main);
        0 -> Main ! done, link_(Next, Main);
        stop -> Next ! stop;
        Token -> Next ! Token - 1, link_(Next, Main)
    end.

ring(Size, N) ->
    Main = self(),
    Last = spawn(fun() -> link_(undefined, Main) end),
    First = links(Size - 1, Last, Main),
    Last ! {next, First},
    First ! N,
    receive done -> First ! stop end.

links(0, First, _) -> First;
links(Left, Next, Main) -> links(Left - 1, spawn(fun() -> link_(Next, Main) end), Main).

%% counting

counter(Count) ->
    receive
        inc -> counter(Count + 1);
        {get, From} -> From ! Count
    end.

produce(N) ->
    Main = self(),
    spawn(fun() ->
        Other = spawn(fun() -> counter(0) end),
        increment(N, Other),
        Other ! {get, Main}
    end),
    receive N -> ok end.

increment(0, _) -> ok;
increment(N, Other) -> Other ! inc, increment(N - 1, Other).

%% spawn_exit, fork_join_create: the last child to run tells

fork(N) ->
    Main = self(),
    Ran = atomics:new(1, []),
    Child = fun() ->
        case atomics:add_get(Ran, 1, 1) of
            N -> Main ! done;
            _ -> ok
        end
    end,
    children(N, Child),
    receive done -> ok end.

children(0, _) -> ok;
children(N, Child) -> spawn(Child), children(N - 1, Child).

%% skynet

skynet(Parent, From, 1) -> Parent ! From;
skynet(Parent, From, Size) ->
    Main = self(),
    Part = Size div 10,
    [spawn(fun() -> skynet(Main, From + I * Part, Part) end) || I <- lists:seq(0, 9)],
    Parent ! sum(10, 0).

sum(0, Sum) -> Sum;
sum(Left, Sum) -> receive Value -> sum(Left - 1, Sum + Value) end.

tree(Size) ->
    Main = self(),
    spawn(fun() -> skynet(Main, 0, Size) end),
    Expected = Size * (Size - 1) div 2,
    receive Expected -> ok end.

%% spawn_idle

idle(N) ->
    Main = self(),
    erlang:garbage_collect(),
    Before = resident(),
    Started = erlang:monotonic_time(nanosecond),
    Idlers = idlers(N, Main, []),
    %% It runs after all of them.
    spawn(fun() -> Main ! ready end),
    receive ready -> ok end,
    Ns = since(Started),
    Bytes = (resident() - Before) / N,
    Woken = erlang:monotonic_time(nanosecond),
    [Idler ! wake || Idler <- Idlers],
    awake(N),
    [{ops, N}, {ns, Ns}, {bytes, Bytes}, {wake, since(Woken) / N}].

idlers(0, _, Idlers) -> Idlers;
idlers(N, Main, Idlers) ->
    Idler = spawn(fun() -> receive wake -> Main ! awake end end),
    idlers(N - 1, Main, [Idler | Idlers]).

awake(0) -> ok;
awake(N) -> receive awake -> awake(N - 1) end.

resident() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = binary:split(Text, <<" ">>, [global]),
    binary_to_integer(Pages) * 4096.

%% selective

select_tag(0) -> ok;
select_tag(N) ->
    self() ! {wanted, N},
    receive {wanted, N} -> select_tag(N - 1) end.
