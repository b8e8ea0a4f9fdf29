%% The same on the BEAM.
%%
%%   erl -run beamlet_scaling main messages|spawn PROCESSES wall|cpu
-module(beamlet_scaling).
-export([main/1]).

main([What, Count, Clock]) ->
    persistent_term:put(clock, Clock),
    Processes = list_to_integer(Count),
    Main = self(),
    %% Heap and mailbox are as they are in a process's first run.
    spawn(fun() -> Main ! {ns, measure(What, Processes)} end),
    receive {ns, Ns} -> io:format("~w~n", [float(Ns)]) end,
    halt().

measure("messages", Processes) ->
    Each = max(4, (2000000 + Processes - 1) div Processes),
    Main = self(),
    Pairs = [{spawn(fun() -> player(Main) end), spawn(fun() -> player(Main) end)} || _ <- lists:seq(1, Processes div 2)],
    play(Pairs, Each),
    timed(Each * Processes, fun() -> play(Pairs, Each) end);
measure("spawn", Processes) ->
    Few = min(Processes, 10000),
    [kill(spawn_idle(Few)) || _ <- lists:seq(1, 100000 div Few)],
    Times = max(1, (100000 + Processes - 1) div Processes),
    lists:sum([timed(Processes, fun() -> spawn_idle(Processes) end, Times) || _ <- lists:seq(1, Times)]) / Times.

timed(Ops, Fun) ->
    Started = now_ns(),
    Fun(),
    (now_ns() - Started) / Ops.

timed(Ops, Fun, Times) ->
    Started = now_ns(),
    Spawned = Fun(),
    Ns = now_ns() - Started,
    Times > 1 andalso kill(Spawned),
    Ns / Ops.

now_ns() ->
    case persistent_term:get(clock) of
        "wall" -> erlang:monotonic_time(nanosecond);
        "cpu" -> processor_time()
    end.

%% statistics(runtime) leaves out what the system does for it, which is to find memory for processes. Of Linux, in steps of 10 ms.
processor_time() ->
    {ok, Stat} = file:read_file("/proc/self/stat"),
    [_, Fields] = binary:split(Stat, <<") ">>),
    Numbers = binary:split(Fields, <<" ">>, [global]),
    (binary_to_integer(lists:nth(12, Numbers)) + binary_to_integer(lists:nth(13, Numbers))) * 10000000.

%% messages

play(Pairs, Each) ->
    [A ! {ball, B, 2 * Each - 1} || {A, B} <- Pairs],
    [receive done -> ok end || _ <- Pairs],
    ok.

player(Main) ->
    receive
        {ball, _, 0} -> Main ! done;
        {ball, From, Left} -> From ! {ball, self(), Left - 1}
    end,
    player(Main).

%% spawn

spawn_idle(Processes) ->
    Main = self(),
    Idlers = [spawn(fun() -> receive wake -> ok end end) || _ <- lists:seq(2, Processes)],
    %% It runs after all of them.
    spawn(fun() -> Main ! ready end),
    receive ready -> Idlers end.

kill(Idlers) ->
    [exit(Idler, kill) || Idler <- Idlers],
    case lists:any(fun is_process_alive/1, Idlers) of
        true -> error(alive);
        false -> true
    end.
