# The status page's numbers are those of what the stand-in for Edge has received, in each of their forms, over a reload
# and the death of a worker.

use strict;
use warnings;

use AepConfiguration qw(accepts refuses);
use AepEdge;
use AepPatience qw(patience);
use AepServer;
use File::Temp ();
use JSON::PP 'decode_json';
use Test::More;

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $two        = '{"events":[{"xdm":{"eventType":"commerce.purchases"}},{"xdm":{"eventType":"made.up"}}]}';
my $later      = '{"events":[{"xdm":{"eventType":"commerce.checkouts"}}]}';
my $view       = '{"events":[{"xdm":{"eventType":"web.webpagedetails.pageViews"}}]}';

my $tokens = File::Temp->new;
print $tokens "a-token-that-nobody-can-guess\n";
$tokens->flush;

my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 2,
    server  => "location = /with-token { aep_status; aep_status_token $tokens; }
" . 'location = /aep-status { aep_status; }
        location = /page { default_type text/html; return 200 "<!doctype html><title>A</title>"; }
        location = /text { default_type text/plain; return 200 "text"; }',
);
my $client = $server->client;

sub status { return decode_json($server->client->get('/aep-status?format=json')->{body}) }

sub metrics {
    my $answer = $server->client->get('/aep-status?format=prometheus');
    like($answer->{headers}{'content-type'}[0], qr{^text/plain; version=0\.0\.4}, 'what Prometheus expects');
    return { map { /^([^#]\S*(?: [^{}]*)?) (\S+)$/ ? ($1 => $2) : () } split /\n/, $answer->{body} };
}

sub website { my $status = shift; return (grep { $_->{datastream} eq $datastream } @{ $status->{websites} })[0] }

sub counts {
    my ($list, @names) = @_;
    return { map { my $each = $_; (join(' ', map { $each->{$_} } @names) => $each->{count}) } @$list };
}

subtest 'empty' => sub {
    AepServer::wait_until(sub { @{ status()->{workers} } == 2 }, patience(5));
    my $status = status();
    is($status->{version}, 1, 'a version');
    is($status->{events}{taken}, 0, 'nothing was taken');
    is(scalar @{ $status->{workers} }, 2, 'both workers are there');
    is_deeply([map { $_->{state} } @{ $status->{workers} }], ['running', 'running'], 'and run');
    like($status->{sentences}[0]{text}, qr/\w/, 'a sentence says so');
    my $page = $client->get('/aep-status');
    like($page->{headers}{'content-type'}[0], qr{^text/html}, 'a page');
    like($page->{headers}{'content-security-policy'}[0], qr/default-src 'none'/, 'with a policy');
    unlike($page->{body}, qr/data-aep/, 'without a tag of ours');
    is($client->get('/aep-status?asset=status.js')->{status}, 200, 'with its script');
    is($client->get('/aep-status?asset=status.css')->{status}, 200, 'and its style');
    is($client->get('/aep-status?asset=status.svg')->{status}, 200, 'and its icon');
    is($client->get('/aep-status?asset=other')->{status}, 400, 'and nothing else');
    is($client->get('/aep-status?format=xml')->{status}, 400, 'no other format');
};

subtest 'the log says at the start what is on' => sub {
    my $queue = $server->queue->directory;
    like($server->log, qr/\[notice\].*aep: website "shop.example": storefront events on, sent by our Web SDK through the gateway at "\/ee\/"; back office events off; events go to \Q@{[$edge->url]}\E with datastream $datastream; while it is away they are kept in "\Q$queue\E"/,
        'in one line for each website');
};

subtest 'pages and events' => sub {
    $client->get('/page') for 1 .. 3;
    $client->get('/text');
    $client->post('/ee/v1/interact?requestId=a' . $_, $two) for 1 .. 5;
    $client->post('/ee/v1/interact?requestId=a1', $two);    # a repeat
    $client->post('/ee/v1/collect?requestId=b' . $_, $view) for 1 .. 4;
    $edge->mode({ status => 503, times => 3 });
    $client->post('/ee/v1/collect?requestId=c' . $_, $later) for 1 .. 3;
    $client->post('/ee/v1/interact', '{"events":');
    $client->post('/ee/v1/interact', $view, 'Sec-GPC' => '1');
    ok(AepServer::wait_until(sub { status()->{queue}{delivered} == 3 }, patience(20)), 'the queue delivers');

    my $status  = status();
    my $website = website($status);
    is_deeply(counts($website->{pages}, 'tag')->{injected}, 3, 'three pages with a tag');
    my $events = counts($website->{events}, 'type', 'outcome');
    is($events->{'commerce.purchases delivered'}, 5, 'purchases');
    is($events->{'made.up delivered'}, 5, 'a type that nobody knows');
    is($events->{'commerce.purchases duplicate'}, 1, 'the repeat');
    is($events->{'web.webpagedetails.pageViews delivered'}, 4, 'beacons');
    is($events->{'commerce.checkouts queued'}, 3, 'those that Edge does not take are queued');
    is($events->{'unknown consent'}, 1, 'what a visitor objects to');
    my $requests = counts($website->{requests}, 'action', 'outcome');
    is($requests->{'interact rejected'}, 1, 'a body that is no JSON');
    is($status->{events}{taken}, 5 * 2 + 2 + 4 + 3 + 1, 'all events that were taken');
    is($status->{events}{under_way} + $status->{events}{interrupted}, 0, 'nothing is under way');
    my $taken = grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    my $sum   = $status->{queue}{delivered};
    $sum += $events->{$_} for grep { / delivered$/ } keys %$events;
    is($sum, $taken, 'what is delivered at once or later is what Edge got');
    is($website->{last_5_minutes}{delivered}, 14, 'of the last minutes');
    my ($last) = @{ $status->{last_events} };
    is($last->{website}, $website->{website}, 'the last event names its website');
    is_deeply([sort { $a cmp $b } keys %$last],
        [sort qw(time website datastream type outcome status milliseconds)], 'and nothing of a person');
    my $host = $status->{hosts}[0];
    my $responses = counts($host->{responses}, 'status');
    is($responses->{200} + ($responses->{204} // 0) + $responses->{503}, scalar @{ $edge->requests }, 'responses of Edge');
    is($host->{duration}{count}, scalar @{ $edge->requests }, 'and their durations');

    my $metrics = metrics();
    my $labels  = sprintf 'website="%s",datastream="%s"', $website->{website}, $datastream;
    is($metrics->{"aep_events_total{$labels,type=\"commerce.purchases\",outcome=\"delivered\"}"}, 5, 'the same for Prometheus');
    is($metrics->{'aep_queue_delivered_total'}, 3, 'the queue, too');
    is($metrics->{"aep_pages_total{website=\"$website->{website}\",tag=\"injected\"}"}, 3, 'and pages');
};

subtest 'a reload keeps everything' => sub {
    my $before = status();
    $server->reload;
    $server->client->post('/ee/v1/interact?requestId=c1', $view);
    my $after = status();
    is($after->{events}{taken}, $before->{events}{taken} + 1, 'one more event');
    is($after->{since}, $before->{since}, 'since the same time');
};

subtest 'a worker is killed with events under way' => sub {
    my $before = status();
    $edge->mode({ delay => 3000 });
    my @open = map { $server->client->begin('POST', "/ee/v1/interact?requestId=k$_", $view) } 1 .. 3;
    ok(AepServer::wait_until(sub { status()->{events}{under_way} == 3 }, patience(5)), 'three are under way');
    kill 'KILL', $server->workers;
    my $is_over = sub {
        my $now = eval { status() } or return;
        return $now->{events}{interrupted} == 3 && @{ $now->{workers} } == 2;
    };
    ok(AepServer::wait_until($is_over, patience(20)), 'it is noticed');
    my $after = status();
    is($after->{events}{under_way}, 0, 'nothing is under way');
    is($after->{events}{taken}, $before->{events}{taken} + 3, 'they were taken');
    is($after->{events}{interrupted}, 3, 'and their outcome is not known');
    is(scalar @{ $after->{workers} }, 2, 'two workers again');
    $edge->clear;
};

subtest 'an upgrade of the program keeps everything' => sub {
    my $other = AepServer->start(
        edge   => $edge->url,
        daemon => 1,
        server => 'location = /aep-status { aep_status; }'
    );
    my $ask = sub { return decode_json($other->client->get('/aep-status?format=json')->{body}) };
    $other->client->post("/ee/v1/interact?requestId=u$_", $view) for 1 .. 3;
    my $before = $ask->();
    is($before->{events}{taken}, 3, 'three events');
    ok($other->upgrade, 'the program is upgraded');
    $other->client->post('/ee/v1/interact?requestId=u4', $view);
    my $after = $ask->();
    is($after->{events}{taken}, 4, 'one more event');
    is($after->{since}, $before->{since}, 'since the same time');
    ok(AepServer::wait_until(sub { @{ $ask->()->{workers} } == 2 }, patience(10)), 'only the new workers are left');
    $other->quit;
};

subtest 'who may change something' => sub {
    my $problem = $client->post('/aep-status?action=check', '');
    is($problem->{status}, 403, 'nobody without a token in the configuration');
    like($problem->{body}, qr/aep_status_token/, 'the answer says what is needed');
    is($server->client->post('/with-token?action=check', '')->{status}, 401, 'nobody without a token');
    my %token = (Authorization => 'Bearer a-token-that-nobody-can-guess');
    is($server->client->post('/with-token?action=check', '', %token, 'Sec-Fetch-Site' => 'cross-site')->{status}, 403,
        'no page of another site');
    is($server->client->post('/with-token?action=other', '', %token, 'Sec-Fetch-Site' => 'same-origin')->{status}, 400,
        'nothing that is not known');
    my $checked = $server->client->post('/with-token?action=check', '', %token, 'Sec-Fetch-Site' => 'same-origin');
    my $checks = decode_json($checked->{body})->{checks};
    is($checks->[0]{problem}, 'none', 'the connection is checked') or diag $checked->{body};
    like($checks->[0]{text}, qr/Edge answered in [\d.]+ s with an identity/, 'in words');
    $edge->mode({ status => 400, body => '{"type":"https://ns.adobe.com/aep/errors/EXEG-0003-400"}' });
    $checked = $server->client->post('/with-token?action=check', '', %token, 'Sec-Fetch-Site' => 'same-origin');
    is(decode_json($checked->{body})->{checks}[0]{problem}, 'datastream', 'a wrong datastream') or diag $checked->{body};
    $edge->stop;
    $checked = $server->client->post('/with-token?action=check', '', %token, 'Sec-Fetch-Site' => 'same-origin');
    is(decode_json($checked->{body})->{checks}[0]{problem}, 'connect', 'nobody listens') or diag $checked->{body};
};

subtest 'wrong settings' => sub {
    my $location = 'location = /s { aep_status; %s }';
    accepts({ server => sprintf($location, "aep_status_token $tokens;") }, 'a file of tokens');
    accepts({ server => sprintf($location, 'aep_status_token off;') }, 'off');
    refuses({ server => sprintf($location, 'aep_status;') }, '"aep_status" directive is duplicate', 'aep_status twice');
    refuses({ server => sprintf($location, 'aep_status_token off; aep_status_token off;') },
        '"aep_status_token" directive is duplicate', 'aep_status_token twice');
    refuses({ server => sprintf($location, 'aep_status on;') }, 'invalid number of arguments', 'an argument');
    refuses({ server => 'aep_status;' }, '"aep_status" directive is not allowed here', 'outside a location');
    refuses({ server => sprintf($location, 'aep_status_token /nowhere/tokens;') }, '"/nowhere/tokens" in "aep_status_token" directive',
        'No such file', 'a file that is not there');
    my $empty = File::Temp->new;
    refuses({ server => sprintf($location, "aep_status_token $empty;") }, 'in "aep_status_token" directive', 'holds no token',
        'a file without a token');
    chmod 0644, "$tokens";
    refuses({ server => sprintf($location, "aep_status_token $tokens;") }, 'in "aep_status_token" directive',
        'a file that everybody can read');
};

$server->quit;
unlike($server->log, qr/exited on signal (?!9)|Sanitizer|\[emerg\]/, 'no process died by itself');

done_testing;
