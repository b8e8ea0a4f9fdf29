%% The same workloads on the BEAM.
%%
%%   erl -run beamlet_bench main WORKLOAD grow START TARGET_NS MOST
%%   erl -run beamlet_bench main WORKLOAD fixed WARM N
%%
%% prints one line of JSON: a sample, as in measure.ts, or null when the workload is not here.
-module(beamlet_bench).
-export([main/1, workload/2, init/1, handle_call/3, handle_cast/2]).

main([Name, Kind | Sizes]) ->
    Run = fun(N) -> in_fresh_process(fun() -> workload(list_to_atom(Name), N) end) end,
    io:format("~s~n", [json(measure(Kind, Run, [list_to_integer(Size) || Size <- Sizes]))]),
    halt().

json(none) -> "null";
json(Sample) -> ["{", lists:join(",", [io_lib:format("\"~s\":~w", [Key, Value]) || {Key, Value} <- Sample]), "}"].

%% Heap and mailbox are as they are in a process's first run.
in_fresh_process(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({result, Fun()}) end),
    receive
        {'DOWN', Ref, process, Pid, {result, Result}} -> Result;
        {'DOWN', Ref, process, Pid, Reason} -> exit(Reason)
    end.

measure("fixed", Run, [Warm, N]) ->
    Run(Warm),
    Run(N);
measure("grow", Run, [N, Target, Most]) ->
    case Run(N) of
        none -> none;
        Sample ->
            Ns = proplists:get_value(ns, Sample),
            %% A second run of that size counts: the first may have been the first to need so much memory.
            case Ns >= Target orelse N >= Most of
                true -> Run(N);
                false -> measure("grow", Run, [min(Most, ceil(N * min(10, max(1.2, 1.25 * Target / Ns)))), Target, Most])
            end
    end.

timed(Ops, Fun) ->
    Started = erlang:monotonic_time(nanosecond),
    Fun(),
    [{ops, Ops}, {ns, since(Started)}].

since(Started) -> erlang:monotonic_time(nanosecond) - Started.

workload(ping_pong, N) -> timed(N, fun() -> pinger(N) end);
workload(thread_ring_100, N) -> timed(N, fun() -> ring(100, N) end);
workload(thread_ring_503, N) -> timed(N, fun() -> ring(503, N) end);
workload(ring_32_bodies, N) -> timed(N, fun() -> ring(32, N) end);
workload(counting, N) -> timed(N, fun() -> produce(N) end);
workload(fork_join_throughput, N) -> timed(N * 60, fun() -> throughput(N) end);
workload(big, N) -> timed(N * 120, fun() -> big(N) end);
workload(spawn_exit, N) ->
    Batches = (N + 999) div 1000,
    timed(Batches * 1000, fun() -> [fork(1000) || _ <- lists:seq(1, Batches)] end);
workload(fork_join_create, N) -> timed(N, fun() -> fork(N) end);
workload(skynet, N) -> timed((N * 10 - 1) div 9, fun() -> tree(N) end);
workload(spawn_idle, N) -> idle(N);
workload(queue_one, N) -> queue(N, 1);
workload(queue_each, N) -> queue(N, N);
workload(selective_tag, N) -> with_backlog(N, fun() -> select_tag(N) end);
workload(selective_pattern, N) -> with_backlog(N, fun() -> select_pattern(N) end);
workload(selective_predicate, N) -> with_backlog(N, fun() -> select_guard(N) end);
workload(call_backlog, N) ->
    Server = spawn(fun echo/0),
    Sample = with_backlog(N, fun() -> call_refs(N, Server) end),
    Server ! stop,
    Sample;
workload(server_call, N) ->
    {ok, Server} = gen_server:start(?MODULE, 0, []),
    Sample = timed(N, fun() -> call_server(0, N, Server) end),
    gen_server:stop(Server),
    Sample;
workload(link_chain, N) -> chain(N);
workload(link_star, N) -> star(N);
workload(monitor_storm, N) -> timed(N, fun() -> storm(N) end);
workload(timeouts, N) -> timeouts(N);
workload(timer_set_cancel, N) -> timed(N, fun() -> set_and_cancel(N) end);
workload(whereis, N) -> look_up(N);
workload(register_unregister, N) -> timed(N, fun() -> take_and_give(N) end);
workload(_, _) -> none.

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

%% fork_join_throughput

throughput(N) ->
    Main = self(),
    Receivers = [spawn(fun() -> receive_all(N), Main ! done end) || _ <- lists:seq(1, 60)],
    spawn(fun() -> send_all(N, Receivers) end),
    [receive done -> ok end || _ <- Receivers].

receive_all(0) -> ok;
receive_all(N) -> receive message -> receive_all(N - 1) end.

send_all(0, _) -> ok;
send_all(N, Receivers) -> send_each(Receivers), send_all(N - 1, Receivers).

send_each([]) -> ok;
send_each([Receiver | Rest]) -> Receiver ! message, send_each(Rest).

%% big

big(Pings) ->
    Main = self(),
    Members = [spawn(fun() -> receive {go, All} -> member(All, Pings, I, Main) end end) || I <- lists:seq(1, 120)],
    All = list_to_tuple(Members),
    [Member ! {go, All} || Member <- Members],
    [receive done -> ok end || _ <- Members],
    [Member ! stop || Member <- Members].

member(All, 0, _, Main) -> Main ! done, answer(All);
member(All, Pings, Seed, Main) ->
    Random = next(Seed),
    element((Random bsr 8) rem 120 + 1, All) ! {ping, self()},
    await_pong(All, Pings, Random, Main).

await_pong(All, Pings, Random, Main) ->
    receive
        {ping, From} -> From ! pong, await_pong(All, Pings, Random, Main);
        pong -> member(All, Pings - 1, Random, Main)
    end.

answer(All) ->
    receive
        {ping, From} -> From ! pong, answer(All);
        stop -> ok
    end.

next(Seed) -> (Seed * 1103515245 + 12345) band 16#7fffffff.

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

%% queue_one, queue_each

queue(N, Count) ->
    Main = self(),
    Waiters = [spawn(fun() -> receive never -> ok end end) || _ <- lists:seq(1, Count)],
    spawn(fun() -> Main ! ready end),
    receive ready -> ok end,
    erlang:garbage_collect(),
    Before = resident(),
    Started = erlang:monotonic_time(nanosecond),
    queue_in(Waiters, N div Count),
    Ns = since(Started),
    Bytes = (resident() - Before) / N,
    [exit(Waiter, kill) || Waiter <- Waiters],
    [{ops, N}, {ns, Ns}, {bytes, Bytes}].

queue_in([], _) -> ok;
queue_in([Waiter | Rest], Each) -> queue_up(Waiter, Each), queue_in(Rest, Each).

queue_up(_, 0) -> ok;
queue_up(Waiter, N) -> Waiter ! 1, queue_up(Waiter, N - 1).

%% selective

with_backlog(N, Fun) ->
    [self() ! {other, I} || I <- lists:seq(1, 10000)],
    timed(N, Fun).

select_tag(0) -> ok;
select_tag(N) ->
    self() ! {wanted, N},
    receive {wanted, N} -> select_tag(N - 1) end.

select_pattern(0) -> ok;
select_pattern(N) ->
    self() ! {wanted, N},
    receive {wanted, I} when is_number(I) -> I = N, select_pattern(N - 1) end.

select_guard(0) -> ok;
select_guard(N) ->
    self() ! {wanted, N},
    receive Message when element(1, Message) =:= wanted -> {_, N} = Message, select_guard(N - 1) end.

%% call_backlog

echo() ->
    receive
        {call, From, Ref, Request} -> From ! {Ref, Request}, echo();
        stop -> ok
    end.

call_refs(0, _) -> ok;
call_refs(N, Server) ->
    Ref = make_ref(),
    Server ! {call, self(), Ref, N},
    receive {Ref, Reply} -> Reply = N, call_refs(N - 1, Server) end.

%% server_call

init(Calls) -> {ok, Calls}.
handle_call(Request, _, Calls) -> {reply, Request + Calls, Calls + 1}.
handle_cast(_, Calls) -> {noreply, Calls}.

call_server(N, N, _) -> ok;
call_server(I, N, Server) ->
    Expected = 2 * I,
    Expected = gen_server:call(Server, I),
    call_server(I + 1, N, Server).

%% link_chain, link_star: ns until those linked are gone

waiter() -> receive never -> ok end.

chain(N) ->
    Main = self(),
    First = spawn(fun() -> chained(N, Main) end),
    Last = receive {last, Pid} -> Pid end,
    Ref = monitor(process, Last),
    timed(N, fun() ->
        exit(First, boom),
        receive {'DOWN', Ref, process, Last, boom} -> ok end
    end).

chained(1, Main) -> Main ! {last, self()}, waiter();
chained(Left, Main) -> spawn_link(fun() -> chained(Left - 1, Main) end), waiter().

star(N) ->
    Main = self(),
    Others = erlang:system_info(process_count),
    Hub = spawn(fun() ->
        leaves(N),
        Main ! ready,
        waiter()
    end),
    receive ready -> ok end,
    timed(N, fun() ->
        exit(Hub, boom),
        until_gone(Others)
    end).

leaves(0) -> ok;
leaves(N) -> spawn_link(fun waiter/0), leaves(N - 1).

until_gone(Others) ->
    case erlang:system_info(process_count) > Others of
        true -> erlang:yield(), until_gone(Others);
        false -> ok
    end.

%% monitor_storm

storm(N) ->
    Target = spawn(fun waiter/0),
    monitors(N, Target),
    exit(Target, kill),
    downs(N, Target).

monitors(0, _) -> ok;
monitors(N, Target) -> monitor(process, Target), monitors(N - 1, Target).

downs(0, _) -> ok;
downs(N, Target) -> receive {'DOWN', _, process, Target, killed} -> downs(N - 1, Target) end.

%% timeouts: time of the processor, for the wall clock's is that of the longest

timeouts(N) ->
    Main = self(),
    Woken = atomics:new(1, []),
    {Before, _} = statistics(runtime),
    sleepers(N, 12345, fun() ->
        case atomics:add_get(Woken, 1, 1) of
            N -> Main ! done;
            _ -> ok
        end
    end),
    receive done -> ok end,
    {After, _} = statistics(runtime),
    [{ops, N}, {ns, (After - Before) * 1000000}].

sleepers(0, _, _) -> ok;
sleepers(N, Seed, Wake) ->
    Random = next(Seed),
    Ms = (Random bsr 8) rem 1000 + 1,
    spawn(fun() -> receive never -> ok after Ms -> Wake() end end),
    sleepers(N - 1, Random, Wake).

%% timer_set_cancel

set_and_cancel(0) -> ok;
set_and_cancel(N) ->
    true = is_integer(erlang:cancel_timer(erlang:send_after(60000, self(), ring))),
    set_and_cancel(N - 1).

%% whereis, register_unregister

look_up(N) ->
    Names = [list_to_atom("name_" ++ integer_to_list(I)) || I <- lists:seq(0, 1023)],
    Pids = [begin Pid = spawn(fun waiter/0), register(Name, Pid), Pid end || Name <- Names],
    NamesTuple = list_to_tuple(Names),
    PidsTuple = list_to_tuple(Pids),
    Sample = timed(N, fun() -> look_up(N, NamesTuple, PidsTuple) end),
    [unregister(Name) || Name <- Names],
    [exit(Pid, kill) || Pid <- Pids],
    Sample.

look_up(0, _, _) -> ok;
look_up(N, Names, Pids) ->
    At = N rem 1024 + 1,
    true = whereis(element(At, Names)) =:= element(At, Pids),
    look_up(N - 1, Names, Pids).

take_and_give(0) -> ok;
take_and_give(N) ->
    register(bench, self()),
    unregister(bench),
    take_and_give(N - 1).
