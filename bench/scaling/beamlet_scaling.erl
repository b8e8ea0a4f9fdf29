%% The same on the BEAM.
%%
%%   erl -run beamlet_scaling main messages|spawn PROCESSES
-module(beamlet_scaling).
-export([main/1]).

main([What, Count]) ->
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
    [kill(spawn_idle(min(Processes, 10000))) || _ <- lists:seq(1, 10)],
    Times = max(1, (100000 + Processes - 1) div Processes),
    lists:sum([timed(Processes, fun() -> spawn_idle(Processes) end, Times) || _ <- lists:seq(1, Times)]) / Times.

timed(Ops, Fun) ->
    Started = erlang:monotonic_time(nanosecond),
    Fun(),
    (erlang:monotonic_time(nanosecond) - Started) / Ops.

timed(Ops, Fun, Times) ->
    Started = erlang:monotonic_time(nanosecond),
    Spawned = Fun(),
    Ns = erlang:monotonic_time(nanosecond) - Started,
    Times > 1 andalso kill(Spawned),
    Ns / Ops.

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
