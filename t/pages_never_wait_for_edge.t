# What can block on the way to Edge (name resolution, a handshake, a silent peer) blocks no page, no other website's
# events, no reload and no quit.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience patient_edge);
use AepServer;
use File::Temp ();
use IO::Socket::INET ();
use List::Util qw(max min);
use Test::More;
use Time::HiRes 'time';

my $event = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $edge  = AepEdge->start;

# A peer that accepts connections (the kernel does) and never says a word.
my $silent_peer = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1024, Proto => 'tcp') or die "listen: $@";
my $silent_port = $silent_peer->sockport;

# Another website on the same nginx, whose Edge answers.
my $other_website = "server {
    listen  127.0.0.1:AEP_PORT;
    server_name  other.example;
    aep_datastream_id  22222222-2222-4222-8222-222222222222;
    aep_edge  @{[$edge->url]} @{[patient_edge()]};
    location ^~ /aep/ { aep_sdk; }
    location ^~ /ee/ { aep_gateway; }
    add_header X-Outcome \$aep_outcome always;
}";

# A resolver that never answers, for the one name that the test uses.
sub hanging_resolver {
    my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    chmod 0755, $directory;
    open my $out, '>', "$directory/resolver.c" or die "resolver.c: $!";
    print $out <<'C';
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (node != NULL && strcmp(node, "name-that-hangs.invalid") == 0) {
        for (;;) {
            pause();
        }
    }
    *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    return next(node, service, hints, result);
}
C
    close $out or die "resolver.c: $!";
    system("cc -shared -fPIC -O1 -o $directory/resolver.so $directory/resolver.c -ldl") == 0 or return;
    return ($directory, "$directory/resolver.so");
}

sub slowest_page {
    my ($server, $count) = @_;
    my $client = $server->client;
    my @answers = map { $client->get('/page.html') } 1 .. $count;
    is(scalar(grep { $_->{status} != 200 } @answers), 0, "$count pages are served");
    return max map { $_->{seconds} } @answers;
}

sub begin_events {
    my ($server, $count) = @_;
    return map { $server->client->begin('POST', '/ee/v1/interact', $event) } 1 .. $count;
}

# Who waits for the Edge of these tests does so for a minute, or for ever where the resolver does; a machine that stands
# still for a moment keeps nobody so long.
my $soon = patience(15);

sub check {
    my ($aep_edge, $preload) = @_;
    my $patience = 'connect_timeout=60s timeout=60s';
    my $server   = AepServer->start(
        edge    => "$aep_edge answer_timeout=1500ms $patience",
        http    => $other_website,
        preload => $preload
    );

    my $usual   = slowest_page($server, 50);
    my @waiting = begin_events($server, 30);
    my $slowest = slowest_page($server, 200);
    cmp_ok($slowest, '<', $soon, sprintf 'none of them waits (%.0f ms at most, before that %.0f)',
        map { 1000 * $_ } $slowest, $usual);
    my @others = map {
        $server->client->post('/ee/v1/interact', $event, Host => 'other.example', Origin => 'https://other.example')
    } 1 .. 20;
    is(scalar(grep { $_->{headers}{'x-outcome'}[0] ne 'delivered' } @others),
        0, 'events of another website are delivered');
    cmp_ok((max map { $_->{seconds} } @others), '<', $soon, 'without a delay');
    my @answers = map { $_->answer } @waiting;
    is(scalar(grep { $_->{status} != 200 } @answers), 0, 'the pages that sent events get answers');
    cmp_ok((min map { $_->{seconds} } @answers), '>=', 1.4, 'after answer_timeout');
    cmp_ok((max map { $_->{seconds} } @answers), '<', $soon, 'soon after it');

    my %old = map { $_ => 1 } $server->workers;
    $server->configure(edge => "$aep_edge answer_timeout=60s $patience");
    my $begun = time;
    ok($server->reload, 'nginx reloads meanwhile');
    ok(AepServer::wait_until(sub { !grep { $old{$_} } $server->workers }), 'the old workers end');
    my $ended = time - $begun;
    cmp_ok($ended, '<', $soon, sprintf 'soon (%.1f s)', $ended);
    slowest_page($server, 20);

    @waiting = begin_events($server, 30);
    slowest_page($server, 20);
    $server->ends_soon;
    @answers = map { $_->answer } @waiting;
    is(scalar(grep { $_->{status} != 200 || $_->{body} !~ /"handle":\[/ } @answers),
        0, 'and answers the pages that wait');
    $server->is_clean('in all that');
}

subtest 'a resolver that never answers' => sub {
    my ($directory, $library) = hanging_resolver() or plan skip_all => 'cc makes no shared library here';
    check('http://name-that-hangs.invalid', $library);
};

subtest 'a peer that accepts and says nothing' => sub { check("http://127.0.0.1:$silent_port") };

subtest 'a TLS handshake that gets no answer' => sub { check("https://127.0.0.1:$silent_port") };

done_testing;
