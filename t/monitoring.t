# conf.d/monitoring: the alert rules by promtool, the dashboard's JSON, and every query of the dashboard against a
# Prometheus that has scraped this nginx while all kinds of things happened.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use AepPatience qw(patience);
use AepServer;
use Cwd ();
use File::Basename ();
use File::Temp ();
use HTTP::Tiny ();
use JSON::PP qw(decode_json);
use POSIX ();
use Test::More;

my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $directory = "$top/conf.d/monitoring";
my $programs  = "$top/build/deps/prometheus/usr/bin";
my $work      = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
$ENV{PATH} = "$programs:$ENV{PATH}";
plan skip_all => "there is no promtool: t/tools/unpack.sh build/deps/prometheus prometheus gets it"
    if system('promtool --version >/dev/null 2>&1') != 0;

sub content_of {
    my $name = shift;
    open my $in, '<:raw', $name or die "$name: $!";
    local $/;
    return scalar <$in>;
}

sub write_file {
    my ($name, $content) = @_;
    open my $out, '>:raw', "$work/$name" or die "$name: $!";
    print $out $content;
    close $out or die "$name: $!";
    return "$work/$name";
}

sub succeeds {
    my ($command, $name) = @_;
    my $said = `cd $directory && $command 2>&1`;
    return ok($? == 0, $name) || diag($said);
}

# ---- the rules ----

my $alerts = content_of("$directory/alerts.yml");
my @alerts = $alerts =~ /^ *- alert: (\w+)$/mg;
succeeds('promtool check rules alerts.yml',     'the alert rules are valid');
succeeds('promtool test rules alerts_test.yml', 'they fire when they should, and only then');
my $tests = content_of("$directory/alerts_test.yml");
is(join(' ', grep { $tests !~ /\b$_\b/ } @alerts), '', 'each has a test');

# ---- the dashboard ----

my $dashboard = decode_json(content_of("$directory/dashboard.json"));
my @panels    = grep { $_->{type} ne 'row' } @{ $dashboard->{panels} };
my %query     = map { my $panel = $_; map { ("$panel->{title}: $_->{legendFormat} $_->{refId}" => $_->{expr}) } @{ $panel->{targets} } } @panels;
cmp_ok(scalar keys %query, '>', 30, 'the dashboard has queries');
is(join(' ', grep { $_->{datasource}{uid} ne '${datasource}' } map { ($_, @{ $_->{targets} }) } @panels), '',
    'all ask the data source that is chosen');
my %ids = map { $_->{id} => 1 } @{ $dashboard->{panels} };
is(scalar keys %ids, scalar @{ $dashboard->{panels} }, 'panels have IDs of their own');

my %place;
for my $panel (@{ $dashboard->{panels} }) {
    my $at = $panel->{gridPos};
    for my $x ($at->{x} .. $at->{x} + $at->{w} - 1) {
        push @{ $place{"$x,$_"} }, $panel->{title} for $at->{y} .. $at->{y} + $at->{h} - 1;
        push @{ $place{outside} }, $panel->{title} if $x > 23;
    }
}
is(join(' ', grep { $_ eq 'outside' || @{ $place{$_} } > 1 } sort keys %place), '', 'and places of their own');

# A query as Grafana makes it of the dashboard's.
sub filled_in {
    my $query = shift;
    return $query =~ s/\$__rate_interval/10s/gr =~ s/\$(?:instance|website)/.*/gr;
}
is(join("\n", grep { filled_in($_) =~ /\$/ } values %query), '', 'no other variables');

# promtool of this version reads queries in rules only.
my $count = 0;
my $rules = write_file('queries.yml', "groups:\n- name: queries\n  rules:\n"
        . join '', map { ++$count; "  - record: query:$count\n    expr: '" . filled_in($query{$_}) . "'\n" } sort keys %query);
succeeds("promtool check rules $rules", 'all queries are valid');

my ($documented) = content_of("$top/docs/status.md") =~ /^## Prometheus\n(.*?)(?=^## |\z)/ms;
my %metric = map { $_ => 1 } $documented =~ /^\| `(aep_\w+)` \| (?:counter|gauge|histogram|summary) \|/mg;
my %used = map { s/_(?:bucket|sum|count)$//r => 1 } map { /\b(aep_\w+)\b/g }
    values %query, $alerts =~ /expr: (.*?)\n +(?:for|labels):/sg;
is(join(' ', grep { !$metric{$_} } sort keys %used), '', 'queries and rules ask for documented metrics only');
is(join(' ', grep { !$used{$_} } sort keys %metric), '', 'and for each of them');

# ---- a real run ----

if (!-e "$top/src/status/prometheus.cpp") {
    done_testing;
    exit;
}

my $edge = AepEdge->start;
my $shop = AepBackOffice->start($edge, workers => 2, server => <<'SERVER');
        aep_back_office_profile_events off;
        location = /status { aep_status; }
        location = /policy.html {
            default_type text/html;
            add_header Content-Security-Policy "script-src 'none'";
            return 200 "<!doctype html><head></head>";
        }
SERVER
my $server = $shop->server;
my $number = 0;

sub interact {
    my $type = shift // 'web.webpagedetails.pageViews';
    return $server->client->post('/ee/v1/interact?requestId=m' . ++$number, qq({"events":[{"xdm":{"eventType":"$type"}}]}))->{status};
}

# What a shop does in a second.
sub work {
    $server->client->get($_) for qw(/page.html /policy.html);
    interact($_) for qw(web.webpagedetails.pageViews commerce.productViews commerce.purchases);
    $server->client->post('/ee/v1/collect?requestId=b' . ++$number, '{"events":[{"xdm":{"eventType":"commerce.checkouts"}}]}');
    $shop->post($shop->order(++$number));
    return;
}

my $metrics = $server->client->get('/status?format=prometheus', Origin => undef);
is($metrics->{status}, 200, 'nginx gives metrics');
succeeds('promtool check metrics < ' . write_file('metrics', $metrics->{body}), 'which promtool takes');

my $port = AepServer::free_port();
my $configuration = write_file('prometheus.yml', <<"CONFIG");
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ["$directory/alerts.yml"]
scrape_configs:
  - job_name: ngx_aep
    metrics_path: /status
    params: { format: [prometheus] }
    static_configs: [{ targets: ["127.0.0.1:@{[ $server->port ]}"] }]
CONFIG
my $pid = fork // die "fork: $!";
if ($pid == 0) {
    open STDOUT, '>', "$work/prometheus.log";
    open STDERR, '>&', \*STDOUT;
    exec 'prometheus', "--config.file=$configuration", "--storage.tsdb.path=$work/data", "--web.listen-address=127.0.0.1:$port",
        '--log.level=warn'
        or POSIX::_exit(127);
}
my $owner = $$;
END {
    if ($pid && $$ == $owner) {
        local $?;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

my $http = HTTP::Tiny->new(timeout => 30);

sub ask {
    my ($path, %arguments) = @_;
    my $answer = $http->get("http://127.0.0.1:$port/api/v1/$path?" . $http->www_form_urlencode(\%arguments));
    return $answer->{success} ? decode_json($answer->{content})->{data} : undef;
}

sub values_of { my $data = ask('query', query => shift); return $data ? @{ $data->{result} } : () }

ok(AepServer::wait_until(sub { values_of('up == 1') }), 'Prometheus scrapes it') or diag(content_of("$work/prometheus.log"));

# All that the dashboard shows has to happen: also an outage, and what Edge refuses.
work();
$edge->mode({ status => 422, times => 2, action => 'interact' });
interact() for 1 .. 2;
$edge->mode({ status => 503 });
work() for 1 .. 3;
ok(AepServer::wait_until(sub { grep { $_->{value}[1] > 0 } values_of('aep_queue_entries') }), 'it sees an outage');
$edge->recover;
ok(AepServer::wait_until(sub { grep { $_->{value}[1] > 0 } values_of('aep_queue_delivered_total') }), 'and its end');

# Rates need two scrapes; a quotient needs something to divide by.
my %empty = map { $_ => $query{$_} } grep { $query{$_} !~ /\baep_broker_/ } keys %query;    # a fleet's: t/fleet/delivery.t
AepServer::wait_until(sub {
    work();
    for my $name (keys %empty) {
        delete $empty{$name} if grep { $_->{value}[1] =~ /^[-+]?[0-9]/ } values_of(filled_in($empty{$name}));
    }
    return !%empty;
}, 40);
is(join("\n", map { "$_: $empty{$_}" } sort keys %empty), '', 'every query of the dashboard gives numbers');

my ($group) = @{ ask('rules')->{groups} };
is(join(' ', map { "$_->{name}: $_->{lastError}" } grep { $_->{health} ne 'ok' } @{ $group->{rules} }), '', 'every rule can be evaluated');

# The numbers are those of the run.
my %taken = map { $_->{metric}{outcome} => $_->{value}[1] } values_of('sum by (outcome) (aep_events_total)');
cmp_ok($taken{delivered} // 0, '>', 0, 'some events were delivered at once');
cmp_ok($taken{queued} // 0,    '>', 0, 'some waited');
ok(!defined ask('query', query => 'nonsense('), 'a wrong query would be seen');
$server->ends_soon;
$server->is_clean('after Prometheus has looked');

done_testing;
