%% Runs the scenarios of gen-state-machine-scenarios.ts on OTP's gen_statem, all at once, and prints what their callbacks and clients saw.
-module('gen-state-machine-twin').
-export([main/0,callback_mode/0,init/1,handle_event/4,terminate/3]).
callback_mode() -> case get(enter) of true -> [handle_event_function,state_enter]; false -> handle_event_function end.
init({Collector,Sc}) ->
  put(enter,maps:get(stateEnter,Sc)), put(table,maps:get(table,Sc)), put(col,Collector), put(count,0),
  [S,Acts]=maps:get(init,Sc),
  {ok,S,0,acts(Acts,none)}.
key({call,_}) -> call; key({timeout,a}) -> ta; key({timeout,b}) -> tb; key(state_timeout) -> stateTimeout; key(T) -> T.
type(ta) -> {timeout,a}; type(tb) -> {timeout,b}; type(stateTimeout) -> state_timeout; type(call) -> {call,{get(col),next}}; type(T) -> T.
acts([],_) -> [];
acts([[reply]|T],From) -> case From of none -> acts(T,From); _ -> [{reply,From,get(count)}|acts(T,From)] end;
acts([[hibernate]|T],F) -> [hibernate|acts(T,F)];
acts([[postpone,B]|T],F) -> [{postpone,B}|acts(T,F)];
acts([[nextEvent,Ty,C]|T],F) -> [{next_event,type(Ty),C}|acts(T,F)];
acts([[Ty,cancel]|T],F) -> [{type(Ty),cancel}|acts(T,F)];
acts([[Ty,Ms,C]|T],F) -> [{type(Ty),Ms,C}|acts(T,F)].
handle_event(Ty,C,S,D) ->
  N=get(count)+1, put(count,N),
  K=key(Ty),
  get(col) ! {trace,[K,C,S,D]},
  case N>60 of
   true -> {stop,cap};
   false ->
    Key=list_to_atom(atom_to_list(S)++"/"++atom_to_list(K)),
    Tab=get(table),
    [R|Rest]=maps:get(Key,Tab),
    case Rest of [] -> ok; _ -> put(table,Tab#{Key:=Rest}) end,
    From=case Ty of {call,F} -> F; _ -> none end,
    [Kind,To,A]=R, Acts=acts(A,From),
    case Kind of
      next -> {next_state,To,D+1,Acts};
      keep -> {keep_state,D+1,Acts};
      keepd -> {keep_state_and_data,Acts};
      repeat -> {repeat_state,D+1,Acts};
      repeatd -> {repeat_state_and_data,Acts};
      stop -> {stop,bye,D+1};
      stopReply -> {stop_and_reply,bye,Acts,D+1}
    end
  end.
terminate(R,S,D) -> get(col) ! {trace,[terminate,reason(R),S,D]}, ok.
reason({Tag,_}) -> Tag; reason(R) -> R.
scenario(Sc) ->
  Col=self(),
  {ok,P}=gen_statem:start(?MODULE,{Col,Sc},[]),
  M=monitor(process,P),
  timer:sleep(30),
  steps(P,maps:get(steps,Sc)),
  Fin=case is_process_alive(P) of true -> {S,D}=sys:get_state(P), exit(P,kill), [S,D]; false -> dead end,
  demonitor(M,[flush]),
  {collect(),Fin}.
steps(_,[]) -> ok;
steps(P,[[sleep,Ms]|T]) -> catch erlang:resume_process(P), timer:sleep(Ms), steps(P,T);
steps(P,[St|T]) -> catch erlang:suspend_process(P,[unless_suspending]),
  case St of
   [cast,N] -> gen_statem:cast(P,N);
   [info,N] -> P ! N;
   [call,N] -> P ! {'$gen_call',{self(),N},N}
  end, steps(P,T).
collect() -> receive {trace,X} -> [X|collect()]; {Tag,V} -> [[reply,Tag,V]|collect()]; _ -> collect() after 0 -> [] end.
js(L) when is_list(L) -> ["[",lists:join(",",[js(X)||X<-L]),"]"];
js({timeout,_,_}) -> "\"lost\"";
js({A,B}) -> js([A,B]);
js(A) when is_atom(A) -> ["\"",atom_to_list(A),"\""];
js(I) when is_integer(I) -> integer_to_list(I).
main() ->
  logger:set_primary_config(level,none),
  {ok,All}=file:consult("scenarios.term"),
  Me=self(),
  Pids=[begin timer:sleep(1), spawn(fun() -> Me ! {self(),scenario(S)} end) end || S<-All],
  Outs=[receive {P,O} -> O end || P<-Pids],
  io:format("~s~n",[js(Outs)]),
  halt().
