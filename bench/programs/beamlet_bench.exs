# The workloads of OTP on Elixir.
#
#   elixir beamlet_bench.exs WORKLOAD grow START TARGET_NS MOST
#   elixir beamlet_bench.exs WORKLOAD fixed WARM N
#
# prints one line of JSON: a sample, as in measure.ts, or null when the workload is not here.

defmodule Counter do
  use GenServer

  def start_link(n), do: GenServer.start_link(__MODULE__, n)

  @impl true
  def init(n), do: {:ok, n}

  @impl true
  def handle_call(:get, _from, n), do: {:reply, n, n}

  @impl true
  def handle_cast({:add, by}, n), do: {:noreply, n + by}
end

defmodule Telling do
  use GenServer

  def start_link(to), do: GenServer.start_link(__MODULE__, to)

  @impl true
  def init(to) do
    send(to, {:started, self()})
    {:ok, to}
  end
end

defmodule Bench do
  @most 1_000_000_000

  def main([name, kind | sizes]) do
    run = fn n -> fresh(fn -> workload(name, n) end) end
    IO.puts(json(measure(kind, run, Enum.map(sizes, &String.to_integer/1))))
    System.halt()
  end

  defp json(nil), do: "null"
  defp json({ops, ns}), do: ~s({"ops":#{ops},"ns":#{ns}})

  # Heap and mailbox are as they are in a process's first run.
  defp fresh(fun) do
    {pid, ref} = spawn_monitor(fn -> exit({:result, fun.()}) end)

    receive do
      {:DOWN, ^ref, :process, ^pid, {:result, result}} -> result
      {:DOWN, ^ref, :process, ^pid, reason} -> exit(reason)
    end
  end

  defp measure("fixed", run, [warm, n]) do
    run.(warm)
    run.(n)
  end

  defp measure("grow", run, [n, target, most]) do
    case run.(n) do
      nil ->
        nil

      {_, ns} when ns >= target or n >= most ->
        # A second run of that size counts: the first may have been the first to need so much memory.
        run.(n)

      {_, ns} ->
        larger = ceil(n * min(10, max(1.2, 1.25 * target / ns)))
        measure("grow", run, [min(most, larger), target, most])
    end
  end

  defp timed(ops, fun) do
    started = System.monotonic_time(:nanosecond)
    fun.()
    {ops, System.monotonic_time(:nanosecond) - started}
  end

  defp workload("gen_call", n) do
    {:ok, server} = Counter.start_link(0)
    timed(n, fn -> call(server, n) end)
  end

  # A thousand at a time.
  defp workload("gen_cast", n) do
    {:ok, server} = Counter.start_link(0)
    batches = div(n + 999, 1000)
    timed(batches * 1000, fn -> cast(server, batches, 1000) end)
  end

  defp workload("agent_get", n) do
    {:ok, agent} = Agent.start_link(fn -> 1 end)
    timed(n, fn -> agent_get(agent, n) end)
  end

  # A registry takes those that are registered with it.
  defp workload("registry_lookup", n) do
    Process.flag(:trap_exit, true)
    {:ok, registry} = Registry.start_link(keys: :unique, name: Names)
    for i <- 0..1023, do: {:ok, _} = Registry.register(Names, "name#{i}", i)
    keys = List.to_tuple(for i <- 0..1023, do: "name#{i}")
    sample = timed(n, fn -> look_up(keys, n) end)
    Supervisor.stop(registry)
    sample
  end

  defp workload("registry_dispatch", n) do
    Process.flag(:trap_exit, true)
    {:ok, registry} = Registry.start_link(keys: :duplicate, name: Topics)
    main = self()

    for i <- 1..10_000 do
      spawn_link(fn ->
        {:ok, _} = Registry.register(Topics, :topic, i)
        send(main, :ready)
        listen()
      end)
    end

    for _ <- 1..10_000, do: receive(do: (:ready -> :ok))
    sample = timed(n * 10_000, fn -> dispatch(n) end)
    Supervisor.stop(registry)
    sample
  end

  defp workload("task_stream", n) do
    timed(n, fn ->
      1..n
      |> Task.async_stream(fn i -> i + 1 end, max_concurrency: 8)
      |> Enum.each(fn {:ok, _} -> :ok end)
    end)
  end

  defp workload("supervisor_restart", n) do
    {:ok, _} =
      Supervisor.start_link([{Telling, self()}], strategy: :one_for_one, max_restarts: @most, max_seconds: 1)

    timed(n, fn -> restart(n) end)
  end

  # So many workers under a supervisor for each 1,000 of them.
  defp workload("tree_start_stop", n) do
    groups = max(1, div(n, 1000))

    timed(groups * 1000, fn ->
      children = for id <- 1..groups, do: group(id)
      {:ok, tree} = Supervisor.start_link(children, strategy: :one_for_one)
      Supervisor.stop(tree)
    end)
  end

  defp workload(_, _), do: nil

  defp call(_, 0), do: :ok

  defp call(server, n) do
    GenServer.call(server, :get)
    call(server, n - 1)
  end

  defp cast(_, 0, _), do: :ok

  defp cast(server, batches, 0) do
    GenServer.call(server, :get)
    cast(server, batches - 1, 1000)
  end

  defp cast(server, batches, n) do
    GenServer.cast(server, {:add, 1})
    cast(server, batches, n - 1)
  end

  defp agent_get(_, 0), do: :ok

  defp agent_get(agent, n) do
    1 = Agent.get(agent, fn value -> value end)
    agent_get(agent, n - 1)
  end

  defp look_up(_, 0), do: :ok

  defp look_up(keys, n) do
    [{_, _}] = Registry.lookup(Names, elem(keys, rem(n, 1024)))
    look_up(keys, n - 1)
  end

  defp listen() do
    receive do
      {:ping, from} -> send(from, :pong)
      _ -> :ok
    end

    listen()
  end

  defp dispatch(0), do: :ok

  defp dispatch(n) do
    Registry.dispatch(Topics, :topic, fn entries -> for {pid, _} <- entries, do: send(pid, :tick) end)
    # Whoever was sent to last has its turn last.
    {last, _} = List.last(Registry.lookup(Topics, :topic))
    send(last, {:ping, self()})
    receive(do: (:pong -> :ok))
    dispatch(n - 1)
  end

  defp restart(0), do: :ok

  defp restart(n) do
    receive do
      {:started, pid} -> Process.exit(pid, :kill)
    end

    restart(n - 1)
  end

  defp group(id) do
    workers = for worker <- 1..1000, do: %{id: worker, start: {Counter, :start_link, [worker]}}
    %{id: id, type: :supervisor, start: {Supervisor, :start_link, [workers, [strategy: :one_for_one]]}}
  end
end

# What is killed is meant to be.
Logger.configure(level: :none)
Bench.main(System.argv())
