# Pages and events under load: every one is served, and nothing grows or stays behind.
#
# AEP_LOAD_SECONDS is how long each part takes (3).

use strict;
use warnings;

use AepPatience qw(is_instrumented);
use AepServer;
use File::Temp ();
use Test::More;

my $seconds = $ENV{AEP_LOAD_SECONDS} || 3;
my $visitors = 32;

plan skip_all => 'wrk is not installed' unless grep { -x "$_/wrk" } split /:/, $ENV{PATH};

# As quick as an Edge can be: another nginx, which says only what it must.
my $edge = AepServer->start(
    edge    => 'http://127.0.0.1:1',
    workers => 1,
    http    => 'keepalive_requests 10000000; server {
        listen 127.0.0.1:AEP_TLS_PORT;
        location / { default_type application/json; return 200 \'{"requestId":"$arg_requestId-1f","handle":[]}\'; }
        location = /stub_status { stub_status; }
    }'
);
my $edge_url = 'http://127.0.0.1:' . $edge->tls_port;

my $server = AepServer->start(
    edge    => $edge_url,
    workers => 2,
    http    => 'keepalive_requests 10000000;',
    server  => q{location = /shop.html { default_type text/html; alias html/shop.html; }}
);

mkdir $server->directory . '/html';
open my $page, '>', $server->directory . '/html/shop.html' or die "shop.html: $!";
print $page '<!doctype html><html><head><title>Shop</title></head><body>', '<p>Bread and butter</p>' x 2000, '</body></html>';
close $page;

my $script = File::Temp->new(SUFFIX => '.lua');
print $script <<'LUA';
local run, count = "", 0
function init(arguments)
    run = arguments[1]
    wrk.headers["Host"] = "shop.example"
    wrk.headers["Origin"] = "https://shop.example"
    wrk.headers["Content-Type"] = "text/plain; charset=UTF-8"
    wrk.headers["Cookie"] = "cart=1; kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2"
end
local body = '{"events":[{"xdm":{"eventType":"commerce.productListAdds","commerce":{"productListAdds":{"value":1}},' ..
    '"productListItems":[{"SKU":"24-MB01","name":"Joust Duffle Bag","priceTotal":34.99,"quantity":1}]}}],' ..
    '"query":{"identity":{"fetch":["ECID"]}},"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}'
function request()
    count = count + 1
    return wrk.format("POST", "/ee/v1/interact?requestId=" .. run .. "-" .. count, nil, body)
end
LUA
close $script;

# Loads a path; gives how many requests were answered.
sub load {
    my ($path, $duration, $run) = @_;
    my @events = $run ? ('-s', "$script", "http://127.0.0.1:@{[$server->port]}$path", '--', $run)
        : ("http://127.0.0.1:@{[$server->port]}$path");
    my $said = join ' ', 'wrk -t1 --timeout 30s', "-c$visitors", "-d${duration}s", map { "'$_'" } @events;
    $said = `$said 2>&1`;
    my ($count) = $said =~ /(\d+) requests in/;
    my ($rate)  = $said =~ /Requests\/sec: *(\S+)/;
    note sprintf '%s: %s requests, %s a second', $path, $count // 'no', $rate // 0;
    unlike($said, qr/Non-2xx|Socket errors/, "$path: every request is answered with success");
    return $count // 0;
}

# Of each worker: kilobytes of its own, and open files.
sub sizes {
    my %sizes;
    for my $worker ($server->workers) {
        open my $in, '<', "/proc/$worker/status" or next;
        my ($kilobytes) = map { /^RssAnon:\s+(\d+)/ } <$in>;
        $sizes{$worker} = { kilobytes => $kilobytes, files => scalar(() = glob "/proc/$worker/fd/*") };
    }
    return %sizes;
}

sub is_idle {
    return AepServer::wait_until(sub {
        $server->client->get('/stub_status')->{body} =~ /^Active connections: 1 \n.*Reading: 0 Writing: 1 Waiting: 0 $/ms;
    });
}

sub edge_requests {
    my $body = AepClient->new($edge->tls_port)->get('/stub_status')->{body};
    my ($requests) = $body =~ /^ \d+ \d+ (\d+) $/m;
    return $requests;
}

load('/shop.html',      2);
load('/ee/v1/interact', 2, 'warm-up');
ok(is_idle(), 'after a warm-up all connections are closed');
my %before     = sizes();
my $sent       = edge_requests();

my $pages  = load('/shop.html',      $seconds);
my $events = load('/ee/v1/interact', $seconds, 'load');
cmp_ok($pages,  '>', 10 * $seconds, 'pages are served');    # how many a second is for `make bench` to say
cmp_ok($events, '>', 10 * $seconds, 'events are taken');
ok(is_idle(), 'then all connections are closed');
cmp_ok(edge_requests() - $sent, '>=', $events, 'Edge got every event');

for my $load (1, 2) {
    load('/shop.html',      1);
    load('/ee/v1/interact', 1, "more-$load");
}
ok(is_idle(), 'and again');
my %after = sizes();
is_deeply([sort keys %after], [sort keys %before], 'the workers are the same');
for my $worker (sort keys %before) {
    my ($old, $new) = ($before{$worker}, $after{$worker});
    my $most = $old->{files} + $visitors + 16;    # a connection to Edge for each, and what a busy queue opens
    cmp_ok($new->{files}, '<=', $most, "open files: $old->{files}, then $new->{files}");
    next if is_instrumented();    # a sanitizer keeps freed memory
    cmp_ok($new->{kilobytes}, '<', $old->{kilobytes} + 3072, "memory: $old->{kilobytes} KB, then $new->{kilobytes} KB");
}

is(join("\n", grep { /\[(?:warn|error|crit|alert|emerg)\]/ } split /\n/, $server->log), '', 'no line in the error log');
$server->quit;
$server->is_clean('under load');

done_testing;
