-- Sends the requests of a file in turn, and tells what came back in one line of numbers. What is sent before every
-- connection is there is not counted; a line says when that is so.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long micros; } moment;
  int gettimeofday(moment *now, void *zone);
]]
local moment = ffi.new("moment")
local requests = {}
local index = 0
local threads = {}

local function now()
  ffi.C.gettimeofday(moment, nil)
  return tonumber(moment.seconds) * 1e6 + tonumber(moment.micros)
end

function setup(thread) threads[1] = thread end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local all = file:read("*a")
  file:close()
  for each in all:gmatch("([^%z]+)") do requests[#requests + 1] = each end
  sent = 0
  before = tonumber(args[2])
end

-- Called once more than it sends, to see whether it may be called once only.
function request()
  sent = sent + 1
  if sent == before then
    began = now()
    io.write("all are connected\n")
    io.flush()
  end
  index = index % #requests + 1
  return requests[index]
end

function done(summary, latency)
  local errors = summary.errors
  local time = now() - threads[1]:get("began")
  io.write(string.format("numbers %d %d %d %d %d %d\n",
    summary.requests, summary.bytes, time,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
